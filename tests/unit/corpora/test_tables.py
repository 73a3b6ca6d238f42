"""Rows of tables of texts: the columns asked for, whatever else a file holds."""

import gzip
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.candidate_tables.changed_rows import check_output, write_changed
from uncollapse.corpora.columns import read_columns
from uncollapse.corpora.tables import BATCH_ROWS, column_names, read_rows
from uncollapse.errors import DataError


def test_columns_that_nobody_asked_for_are_no_obstacle(tmp_path: Path) -> None:
    headers = pa.array([[("a", "b")], []], pa.map_(pa.string(), pa.string()))
    table = pa.table([["x", "y"], headers, [1, 2], [3, 4]], names=["text", "headers", "title", "title"])
    foreign = table.replace_schema_metadata({"huggingface": '{"info": {"features": {"text": {"_type": "Ledger"}}}}'})
    pq.write_table(foreign, tmp_path / "[v2] what?.parquet")
    assert list(read_rows(tmp_path / "[v2] what?.parquet", ["text"])) == [
        ("row 0", {"text": "x"}),
        ("row 1", {"text": "y"}),
    ]
    with pytest.raises(DataError, match="two columns are called 'title'"):
        list(read_rows(tmp_path / "[v2] what?.parquet", ["text", "title"]))
    assert column_names(tmp_path / "[v2] what?.parquet") == ["text", "headers", "title", "title"]


def test_columns_of_csv_that_nobody_asked_for_may_have_one_name(tmp_path: Path) -> None:
    """As spreadsheets save a table with empty columns behind it."""
    (tmp_path / "a.csv").write_text("text,n,,\na,1,,\nb,2,x,\n")
    assert [row["text"] for _, row in read_rows(tmp_path / "a.csv", ["text"])] == ["a", "b"]
    assert read_columns(tmp_path / "a.csv", ["n"])[1]["n"].to_pylist() == ["1", "2"]
    assert column_names(tmp_path / "a.csv") == ["text", "n", "", ""]
    with pytest.raises(DataError, match="two columns are called ''"):
        list(read_rows(tmp_path / "a.csv", ["text", ""]))
    with pytest.raises(DataError, match="two columns are called ''; rename one"):  # which would lose one of them
        write_changed(tmp_path / "a.csv", tmp_path / "b.csv", lambda row: {}, reads=["text"])
    assert not (tmp_path / "b.csv").exists()


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_rows_of_which_one_of_two_columns_would_be_lost_are_refused_before_any_work(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.csv").write_text("text,n,n\na,1,2\n")
    pq.write_table(pa.table([["a"], [1], [2]], names=["text", "n", "n"]), tmp_path / "a.parquet")
    with pytest.raises(DataError, match="two columns are called 'n'; rename one"):
        check_output(tmp_path / "b.csv", option="--rows", source=tmp_path / name)


def test_rows_of_parquet_are_counted_through_batches(tmp_path: Path) -> None:
    texts = [str(number) for number in range(2 * BATCH_ROWS + 1)]
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet", row_group_size=100)
    rows = list(read_rows(tmp_path / "a.parquet", ["text"]))
    assert [row["text"] for _, row in rows] == texts
    assert rows[-1][0] == f"row {2 * BATCH_ROWS}"


def test_a_parquet_file_without_rows_has_none(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "a.parquet")
    assert list(read_rows(tmp_path / "a.parquet", ["text"])) == []


def test_a_column_may_stand_late_in_a_file_of_json(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(b'{"text": "a"}\n' * 1200 + b'{"text": "b", "title": "t"}\n'))
    rows = list(read_rows(tmp_path / "a.ndjson.gz", ["text", "title"]))
    assert (len(rows), rows[-1]) == (1201, ("line 1201", {"text": "b", "title": "t"}))
    with pytest.raises(DataError, match=r"line 1 has no column 'title'; there are text"):
        list(read_rows(tmp_path / "a.ndjson.gz", ["text", "title"], every_row=True))


def test_kinds_are_those_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text\nx\n")
    with pytest.raises(DataError, match=r"not one of \.parquet, \.jsonl, \.ndjson, \.csv, \.tsv; convert it"):
        list(read_rows(tmp_path / "a.txt", ["text"]))
    assert list(read_rows(tmp_path / "a.txt", ["text"], suffixes=[".txt"])) == [("line 2", {"text": "x"})]


@pytest.mark.parametrize(("kept", "added"), [(-1, b""), (-4, b""), (None, b"left over"), (0, b"no frame at all")])
def test_a_packed_file_that_is_cut_off_or_damaged_is_no_shorter_file(
    tmp_path: Path, kept: int | None, added: bytes
) -> None:
    rng = np.random.default_rng(0)  # does not compress, so that the end of the frame holds rows
    text = "".join(json.dumps({"text": rng.bytes(40).hex()}) + "\n" for _ in range(500))
    packed = pa.Codec("zstd").compress(text.encode(), asbytes=True)
    (tmp_path / "a.jsonl.zst").write_bytes(packed[:kept] + added)
    with pytest.raises(DataError, match=r"a\.jsonl\.zst: cannot be read"):
        list(read_rows(tmp_path / "a.jsonl.zst", ["text"]))


@pytest.mark.parametrize("content", ['{"text": "a", "n": 1, "text": "b"}', '{"text": "a", "n": {"x": 1, "x": 2}}'])
def test_an_object_that_has_a_name_twice_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"text": "x"}}\n{content}\n')
    with pytest.raises(DataError, match=r"a\.jsonl: line 2 is no JSON \(the name '(text|x)' is there twice\)"):
        list(read_rows(tmp_path / "a.jsonl", ["text"]))
    (tmp_path / "a.json").write_text(f"[{content}]")
    with pytest.raises(DataError, match=r"the name '(text|x)' is there twice"):
        list(read_rows(tmp_path / "a.json", ["text"], suffixes=[".json"]))


@pytest.mark.parametrize("suffix", [".csv", ".tsv.gz"])
def test_a_header_without_rows_names_the_columns(tmp_path: Path, suffix: str) -> None:
    path, header = tmp_path / f"a{suffix}", b"\xef\xbb\xbf\ntext\tn\n" if "tsv" in suffix else b"text,n"
    path.write_bytes(gzip.compress(header) if suffix.endswith("gz") else header)
    assert column_names(path) == ["text", "n"]
    assert list(read_rows(path, ["text"])) == []
    with pytest.raises(DataError, match="no column 'title'; there are text, n"):
        list(read_rows(path, ["title"]))
