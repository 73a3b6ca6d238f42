"""Ids of documents as whole numbers: texts that are not written as a number are no number."""

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.corpora.keys import key_of
from uncollapse.editing.corpus import Corpus
from uncollapse.errors import DataError


@pytest.mark.parametrize("text", ["01", " 1", "+1", "1_0", "1.0", "\N{ARABIC-INDIC DIGIT ONE}", "-0", "1\n", ""])
def test_another_text_is_another_id(text: str) -> None:
    assert key_of(text) not in (-1, 0, 1, 10)
    assert key_of(text) == key_of(text) != key_of(f"{text}x")


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), 0, 7])
def test_a_whole_number_is_itself_however_it_came(value: int) -> None:
    assert key_of(value) == key_of(str(value)) == key_of(Decimal(value)) == value
    assert key_of(2**63) == key_of(str(2**63)) != key_of(2**63 + 1)


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), float("inf"), Decimal("1.5"), Decimal("NaN"), b"7", None, True, []]
)
def test_what_is_neither_a_whole_number_nor_a_text_is_no_id(value: object) -> None:
    with pytest.raises(TypeError, match="is no id"):
        key_of(value)


def test_documents_of_two_spellings_are_two(tmp_path: Path) -> None:
    ids = ["1", "01", "1_0", "10", "+1"]
    (tmp_path / "a.csv").write_text("id,text\n" + "".join(f"{one},t\n" for one in ids))
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"id": one, "text": "t"}) + "\n" for one in ids))
    found = [Corpus(tmp_path / name, id_column="id") for name in ("a.csv", "a.jsonl")]
    assert [corpus.check().documents for corpus in found] == [5, 5]
    assert [part.document_id.tolist() for part in found[0].parts()] == [
        part.document_id.tolist() for part in found[1].parts()
    ]


def test_an_id_in_two_spellings_of_one_number_is_there_twice(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 7, "text": "t"}\n{"id": 7.0, "text": "t"}\n{"id": 8, "text": "t"}\n')
    with pytest.raises(DataError, match="2 rows have 7 in column 'id'"):
        Corpus(tmp_path / "a.jsonl", id_column="id").check()


def test_decimal_numbers_of_a_data_base_are_whole_numbers(tmp_path: Path) -> None:
    ids = pa.array([Decimal(7), Decimal(8)], pa.decimal128(38, 0))
    pq.write_table(pa.table({"id": ids, "text": ["a", "b"]}), tmp_path / "a.parquet")
    (part,) = Corpus(tmp_path / "a.parquet", id_column="id").parts()
    assert part.document_id.tolist() == [7, 8]
    pq.write_table(pa.table({"id": pa.array([Decimal("7.5")]), "text": ["a"]}), tmp_path / "b.parquet")
    with pytest.raises(DataError, match=r"row 0 .* has Decimal\('7\.5'\) in column 'id'; ids are whole numbers or"):
        Corpus(tmp_path / "b.parquet", id_column="id").check()
