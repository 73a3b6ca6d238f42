"""Rows with changed values: of every kind into every kind, with all columns."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.candidate_tables.changed_rows import check_output, write_changed
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
    assert write_changed(source(tmp_path, came), output, lambda row: {"text": row["text"] and row["text"].upper()}) == 3
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
