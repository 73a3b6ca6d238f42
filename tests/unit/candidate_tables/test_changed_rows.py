"""Rows with changed values: of every kind into every kind, with all columns."""

import csv
import datetime
import json
import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.artifacts.columns import field
from uncollapse.candidate_tables.changed_rows import check_output, write_changed
from uncollapse.candidate_tables.rows_out import write_rows
from uncollapse.corpora.tables import read_rows
from uncollapse.errors import DataError

ROWS = [{"id": "a", "n": 1, "text": "x"}, {"id": "b", "n": 2, "text": None}, {"id": "c", "n": None, "text": "z, \n"}]
NEW = ["X", None, "Z, \n"]


def source(folder: Path, suffix: str) -> Path:
    path = folder / f"in{suffix}"
    if suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    else:
        path.write_text('id,n,text\na,1,x\nb,2,\nc,,"z, \n"\n')
    return path


@pytest.mark.parametrize("came", [".parquet", ".jsonl", ".csv"])
@pytest.mark.parametrize("goes", [".parquet", ".jsonl", ".csv", ".tsv", ".jsonl.gz", ".csv.zst"])
def test_every_kind_into_every_kind(tmp_path: Path, came: str, goes: str) -> None:
    output = tmp_path / f"out{goes}"

    def change(row: dict) -> dict:
        return {"text": row["text"] and row["text"].upper()}

    assert write_changed(source(tmp_path, came), output, change, reads=["text"]) == 3
    rows = [row for _, row in read_rows(output, [] if "json" in goes else ["id", "n", "text"])]
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert [row["text"] or None for row in rows] == NEW
    assert [str(row["n"]) for row in rows][:2] == ["1", "2"]


def test_outputs_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "there.csv").touch()
    for name, told in (("a.docx", "must end in"), ("a.parquet.gz", "must end in"), ("no/a.csv", "no folder"),
                       ("there.csv", "is there already")):  # fmt: skip
        with pytest.raises(DataError, match=f"--rows .*{told}"):
            check_output(tmp_path / name, option="--rows")


ODD = {
    "time": pa.array([1, 86_399_999_999_999, None], pa.time64("ns")),
    "times": pa.array([[1], [], None], pa.list_(pa.time64("ns"))),
    "stamp": pa.array([1, 1_700_000_000_000_000_001, None], pa.timestamp("ns")),
    "far": pa.array([2**40, 0, None], pa.timestamp("s")),  # beyond Python's years
    "span": pa.array([1, 2, None], pa.duration("ns")),
    "bytes": pa.array([b"\xff", b"", None]),
    "single": pa.array([0.1, 1e30, None], pa.float32()),
    "money": pa.array([Decimal("1.10"), Decimal("-2.00"), None], pa.decimal128(9, 2)),
    "map": pa.array([[("a", 1)], [], None], pa.map_(pa.string(), pa.int64())),
    "unsigned": pa.array([2**64 - 1, 0, None], pa.uint64()),
    "kind": pa.array(["a", "b", None]).dictionary_encode(),
    "view": pa.array(["a", "é", None], pa.string_view()),
    "views": pa.array([{"a": ["x"]}, {"a": []}, None], pa.struct([("a", pa.list_(pa.string_view()))])),
    "mars": pa.array([1, 2, None], pa.timestamp("us", tz="Mars/Base")),
    "truth": pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0, None], pa.int8())),
}


def test_parquet_of_parquet_keeps_values_that_python_has_not(tmp_path: Path) -> None:
    table = pa.table({"text": pa.array(["x", None, "z"], pa.large_string()), **ODD})
    pq.write_table(table, tmp_path / "in.parquet")
    added = [field("n", pa.int32(), "a number")]
    changes = iter([{"text": "y", "n": 1}, None, {"n": 2}])
    assert write_changed(tmp_path / "in.parquet", tmp_path / "out.parquet", lambda _: next(changes),
                         reads=["text"], added=added) == 2  # fmt: skip
    written = pq.read_table(tmp_path / "out.parquet")
    assert written["text"].to_pylist() == ["y", "z"]
    assert written["n"].to_pylist() == [1, 2]
    held = pq.read_table(tmp_path / "in.parquet")  # which has no seconds, but milliseconds
    for name in ODD:
        kept = pa.chunked_array([held[name].slice(0, 1).chunk(0), held[name].slice(2, 1).chunk(0)])
        assert written[name].type == held[name].type
        assert written[name].combine_chunks().equals(kept.combine_chunks()), name
    write_rows(tmp_path / "in.parquet", {tmp_path / "some.parquet": np.array([0, 2])})
    some = pq.read_table(tmp_path / "some.parquet")
    for name in ODD:
        assert some[name].combine_chunks().equals(written[name].combine_chunks()), name


def test_text_files_have_strict_json_and_every_digit(tmp_path: Path) -> None:
    odd = {name: ODD[name] for name in ("time", "times", "stamp", "span", "money", "map", "unsigned")}
    odd["score"] = pa.array([math.nan, -math.inf, 0.1])
    odd["within"] = pa.array([{"a": math.nan}, {"a": math.inf}, None])
    pq.write_table(pa.table(odd), tmp_path / "in.parquet")
    for name in ("out.jsonl", "out.csv"):
        assert write_changed(tmp_path / "in.parquet", tmp_path / name, lambda _: {}, reads=[]) == 3

    def no_json(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    rows = [json.loads(line, parse_constant=no_json) for line in (tmp_path / "out.jsonl").open()]
    assert [row["score"] for row in rows] == [None, "-Infinity", 0.1]
    assert [row["within"] for row in rows] == [{"a": None}, {"a": "Infinity"}, None]
    assert [row["time"] for row in rows] == ["00:00:00.000000001", "23:59:59.999999999", None]
    assert rows[0]["times"] == ["00:00:00.000000001"]
    assert rows[1]["stamp"] == "2023-11-14 22:13:20.000000001"
    assert rows[0]["money"] == "1.10"
    assert rows[0]["unsigned"] == 2**64 - 1
    cells = list(csv.DictReader((tmp_path / "out.csv").open(newline="")))
    assert [row["time"] for row in cells] == ["00:00:00.000000001", "23:59:59.999999999", ""]
    assert [row["score"] for row in cells] == ["nan", "-inf", "0.1"]
    assert cells[0]["map"] == '[["a", 1]]'
    assert cells[1]["stamp"] == "2023-11-14 22:13:20.000000001"


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("bytes", pa.binary(), "column 'x' holds bytes, which out.jsonl cannot; write a .parquet file, or drop that"),
        ("list", pa.list_(pa.binary()), "column 'x' holds bytes"),
        ("far", pa.timestamp("s"), r"column 'x' holds a timestamp\[ms\] that cannot be read"),
        (
            "zone",
            pa.timestamp("us", tz="Mars/Base"),
            r"column 'x' holds a timestamp\[us, tz=Mars/Base\] that cannot be",
        ),
    ],
)
def test_values_that_text_cannot_hold_are_refused(tmp_path: Path, name: str, kind: pa.DataType, told: str) -> None:
    values = {"bytes": [b"a"], "list": [[b"a"]], "far": pa.array([2**40]), "zone": pa.array([1])}[name]
    pq.write_table(pa.table({"x": pa.array(values).cast(kind)}), tmp_path / "in.parquet")
    for write in (
        lambda: write_changed(tmp_path / "in.parquet", tmp_path / "out.jsonl", lambda _: {}, reads=[]),
        lambda: write_rows(tmp_path / "in.parquet", {tmp_path / "out.jsonl": np.array([0])}),
    ):
        with pytest.raises(DataError, match=told):
            write()
    assert not list(tmp_path.glob("*.jsonl"))
    assert not list(tmp_path.glob(".*"))
    if name not in ("far", "zone"):
        with pytest.raises(DataError, match=told):
            check_output(tmp_path / "out.jsonl", option="--rows", source=tmp_path / "in.parquet")


@pytest.mark.parametrize("row", [{"x": "\ud83d"}, {"x": {"a": ["\udc00b"]}}, {"\ud83d": 1}])
def test_half_a_character_stays_in_json_and_is_refused_elsewhere(tmp_path: Path, row: dict) -> None:
    source = tmp_path / "in.jsonl"
    rows = [{"text": "whole \U0001f600"}, {"text": "b", **row}]
    source.write_text("".join(json.dumps(one) + "\n" for one in rows))
    for goes in (".parquet", ".csv.gz"):
        with pytest.raises(DataError, match=r"in\.jsonl: line 2, column '(x|\\ud83d)', holds half a character, which"):
            check_output(tmp_path / f"out{goes}", option="--output", source=source)
        with pytest.raises(DataError, match="line 2, column"):
            write_changed(source, tmp_path / f"out{goes}", lambda _: {}, reads=[])
    write_changed(source, tmp_path / "out.jsonl", lambda _: {}, reads=[])
    assert [json.loads(line) for line in (tmp_path / "out.jsonl").open()] == rows


def test_dates_that_python_has_stay_dates(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [datetime.date(2026, 1, 2)]}), tmp_path / "in.parquet")
    assert list(read_rows(tmp_path / "in.parquet", ["x"])) == [("row 0", {"x": datetime.date(2026, 1, 2)})]
