"""One's own corpus: three formats, parts, and errors that name row and column."""

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.editing import corpus
from uncollapse.editing.corpus import Corpus
from uncollapse.errors import UncollapseError

ROWS = [{"text": f'text, {number}\n"more" é', "key": 10 * number, "ask": f"why {number}?"} for number in range(7)]


def write(path, rows):
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n\n" for row in rows))
    else:
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0], delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writeheader()
            writer.writerows(rows)
    return path


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".csv", ".tsv"])
def test_formats_agree(tmp_path, suffix):
    found = Corpus(write(tmp_path / f"in{suffix}", ROWS), id_column="key", prompt_column="ask")
    assert (found.check().documents, found.check().missing) == (7, 0)
    (part,) = found.parts()
    assert part.document_id.tolist() == [row["key"] for row in ROWS]
    assert part.texts == [row["text"] for row in ROWS]
    assert part.prompts == [row["ask"] for row in ROWS]
    (numbered,) = Corpus(found.path).parts()
    assert numbered.document_id.tolist() == list(range(7))
    assert numbered.prompts == [""] * 7


def test_parts_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "PART_DOCUMENTS", 3)
    monkeypatch.setattr(corpus, "PART_CHARACTERS", 10)
    rows = [{"text": "x" * length} for length in (1, 1, 1, 1, 30, 9, 1, 1)]
    parts = list(Corpus(write(tmp_path / "in.jsonl", rows)).parts())
    assert [len(part.texts) for part in parts] == [3, 1, 1, 2, 1]
    assert [id for part in parts for id in part.document_id] == list(range(8))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("in.txt", "x", "not one of"),
        ("in.jsonl", '{"text": "a"}\n{"text": \n', "line 2 is no JSON"),
        ("in.jsonl", "[1]\n", "line 1 is no JSON object"),
        ("in.jsonl", '{"body": "a"}\n', "no column 'text'; there are body"),
        ("in.jsonl", '{"text": 3}\n', "has a int instead of a text"),
        ("in.jsonl", '{"text": "a"}\n{"texts": "b"}\n', "line 2 has no column 'text'; there are texts"),
        ("in.jsonl", '{"text": "a \\ud83d"}\n', "row 0 .* half a character"),
        ("in.csv", "body\na\n", "no column 'text'"),
        ("in.csv", "id,text\n0,fine\n1,one, two\n", "line 3 has 3 fields, the header has 2 .*that holds commas"),
        ("in.csv", "id,text\n0,fine\n1\n", "line 3 has 1 fields, the header has 2"),
        ("in.csv", 'text\n"one\ntwo\n', "line 2: unexpected end of data; put a text that holds quotes"),
        ("in.parquet", "no parquet", "not a whole parquet file"),
        ("missing.csv", None, "no such file"),
    ],
)
def test_errors_name_the_place(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(UncollapseError, match=message):
        Corpus(path).check()


def test_ids_are_whole_numbers_or_texts(tmp_path):
    rows = [{"text": "a", "key": "1"}, {"text": "b", "key": "doc-2"}, {"text": "c", "key": "doc-3"}]
    (part,) = Corpus(write(tmp_path / "in.csv", rows), id_column="key").parts()
    assert part.document_id[0] == 1
    assert len(set(part.document_id.tolist())) == 3
    (other,) = Corpus(write(tmp_path / "in.csv", rows[::-1]), id_column="key").parts()
    assert other.document_id.tolist() == part.document_id.tolist()[::-1]
    path = write(tmp_path / "twice.csv", [*rows, rows[1]])
    with pytest.raises(UncollapseError, match="2 rows have doc-2 in column 'key'"):
        Corpus(path, id_column="key").check()
    for wrong in (1.5, None, True):
        path = write(tmp_path / "in.jsonl", [{"text": "a", "key": wrong}])
        with pytest.raises(UncollapseError, match=r"row 0 .* in column 'key'; ids are whole numbers or texts"):
            Corpus(path, id_column="key").check()


def test_rows_without_a_text_are_left_out_and_counted(tmp_path):
    found = Corpus(write(tmp_path / "in.jsonl", [{"text": "a"}, {"text": None}, {"text": "ccc"}]), part_characters=2)
    assert found.check().told == "2 documents, 4 characters; 1 row has no text and is not edited"
    assert [part.document_id.tolist() for part in found.parts()] == [[0], [2]]


def test_a_byte_order_mark_is_no_text(tmp_path):
    for name, content in (("a.csv", "text\nfirst\n"), ("b.jsonl", '{"text": "first"}\n')):
        (tmp_path / name).write_text(content, encoding="utf-8-sig")
        assert [part.texts for part in Corpus(tmp_path / name).parts()] == [["first"]]
