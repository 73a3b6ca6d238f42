"""Columns that are all dates, and rows that Arrow reads in no usual way."""

import json

import pytest

from uncollapse.exports.dates import read_as_times

DATE = "2026-12-01"


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([{"a": DATE, "b": DATE}, {"a": f"{DATE} 10:00", "b": "x"}], ["a"]),
        ([{"a": [{"role": "assistant", "content": DATE}]}], ["a"]),
        ([{"a": DATE, "b": "x" * 3_000_000}], ["a"]),  # more than Arrow's block
        ([{"a": DATE, "b": [1, "x"]}], []),  # a list that Arrow does not take
        ([{"a": "yesterday"}], []),
    ],
)
def test_columns(tmp_path, rows, found):
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert read_as_times(path) == found
