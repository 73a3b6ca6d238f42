"""Whole columns: the same from every kind of file, and the same errors as row by row."""

from __future__ import annotations

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.corpora.columns import read_columns
from uncollapse.errors import DataError

ROWS = [{"id": "01", "x": "1"}, {"id": "1", "x": ""}, {"id": "é", "x": "NA"}]


def zstd(data):
    return pa.Codec("zstd").compress(data, asbytes=True)


def written(path, rows=ROWS, *, quoted: bool = False):
    if path.name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(rows), path)
        return path
    if ".jsonl" in path.name:
        text = "".join(json.dumps(row) + "\n" for row in rows)
    else:
        delimiter = "\t" if ".tsv" in path.name else ","
        lines = [list(rows[0]), *([f'"{value}"' if quoted else value for value in row.values()] for row in rows)]
        text = "".join(delimiter.join(line) + "\n" for line in lines)
    data = text.encode()
    path.write_bytes({".gz": gzip.compress, ".zst": zstd}.get(path.suffix, bytes)(data))
    return path


@pytest.mark.parametrize(
    "name", ["a.csv", "a.tsv", "a.csv.gz", "a.csv.zst", "a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.parquet"]
)
def test_values_are_as_they_are_written(tmp_path, name):
    names, columns = read_columns(written(tmp_path / name), ["x", "id"])
    assert names == ["id", "x"]
    assert columns["id"].to_pylist() == ["01", "1", "é"]
    assert columns["x"].to_pylist() == ["1", "", "NA"]


def test_quotes_are_read_as_the_other_reader_reads_them(tmp_path):
    path = written(tmp_path / "a.csv", [{"id": "a,b", "x": 'c""d'}], quoted=True)
    assert read_columns(path, ["id", "x"])[1]["x"].to_pylist() == ['c"d']


def test_a_byte_order_mark_and_blank_lines_are_none(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfid,x\r\n1,2\r\n\r\n3,4\r\n")
    assert read_columns(tmp_path / "a.csv", ["id"])[1]["id"].to_pylist() == ["1", "3"]


def test_json_of_several_kinds_becomes_text_and_what_is_left_out_is_missing(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "x": [1]}\n{"id": "1"}\n{"id": null, "x": [{"y": 1}]}\n')
    columns = read_columns(path, ["id", "x"])[1]
    assert columns["id"].to_pylist() == ["1", "1", None]
    assert columns["x"].to_pylist() == ["[1]", None, '[{"y": 1}]']


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"id,x\n1,2,3\n", "more fields than the first line"),
        ("a.csv", b"id,x\n1\n", "fewer fields"),
        ("a.csv", b"id,id\n1,2\n", "two columns are called 'id'"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"id\n\xff\n", "not UTF-8"),
        ("a.csv", b'id\n"1\n', "line 2"),
        ("a.csv", b"x\n1\n", "no column 'id'; there are x"),
        ("a.parquet", b"PAR1", "cannot be read as parquet"),
        ("a.jsonl", b"[1]\n", "no JSON object"),
        ("a.xls", b"", "not one of"),
    ],
)
def test_errors_are_those_of_reading_rows(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_columns(tmp_path / name, ["id"])


def test_two_parquet_columns_of_one_name_are_refused(tmp_path):
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["id", "id"]), tmp_path / "a.parquet")
    with pytest.raises(DataError, match="two columns are called 'id'"):
        read_columns(tmp_path / "a.parquet", ["id"])


def test_columns_of_types_that_arrow_has_few_functions_for(tmp_path):
    truth = pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0, None], pa.int8()))
    odd = {"view": pa.array(["a", "b", None], pa.string_view()), "truth": truth}
    pq.write_table(pa.table(odd), tmp_path / "a.parquet")
    _, columns = read_columns(tmp_path / "a.parquet", list(odd))
    assert columns["view"].dictionary_encode().to_pylist() == ["a", "b", None]
    assert columns["truth"].dictionary_encode().to_pylist() == [1, 0, None]


def test_a_whole_number_beyond_64_bits_is_text_beside_others(tmp_path):
    (tmp_path / "a.jsonl").write_text(f'{{"x": {10**400}}}\n{{"x": 1}}\n')
    assert read_columns(tmp_path / "a.jsonl", ["x"])[1]["x"].to_pylist() == [str(10**400), "1"]
