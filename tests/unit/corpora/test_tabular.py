"""Local files of three formats and hub data sets as local folders, offline."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from uncollapse.corpora.settings import ColumnSettings, CorpusSettings
from uncollapse.corpora.tabular import read_files, read_hub
from uncollapse.errors import DataError

ROWS = [{"head": "T1", "body": 'One, "two"\nthree.'}, {"head": "NA", "body": "12"}]
COLUMNS = ColumnSettings(text="body", title="head")


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def _write(path: Path) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif path.name.endswith(".jsonl.gz"):
        path.write_bytes(gzip.compress("\n".join(map(json.dumps, ROWS)).encode()))
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(map(json.dumps, ROWS)))
    else:
        path.write_text('head,body\nT1,"One, ""two""\nthree."\nNA,12\n')
    return path


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.jsonl.gz", "a.csv"])
def test_rows_of_files(name: str, tmp_path: Path) -> None:
    path = _write(tmp_path / name)
    documents = list(read_files([path, path], COLUMNS))
    assert [(document.title, document.text) for document in documents] == 2 * [(r["head"], r["body"]) for r in ROWS]


def test_a_missing_column_names_file_column_and_what_there_is(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.jsonl")
    with pytest.raises(DataError, match=r"a\.jsonl: has no column 'summary'; its columns are head, body"):
        list(read_files([path], ColumnSettings(text="body", lead="summary")))


def test_missing_damaged_and_wrong_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        list(read_files([tmp_path / "none.csv"], COLUMNS))
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(DataError, match=r"bad\.parquet: cannot be read as parquet"):
        list(read_files([tmp_path / "bad.parquet"], COLUMNS))
    pq.write_table(pa.table({"text": [1.5]}), tmp_path / "numbers.parquet")
    with pytest.raises(DataError, match=r"column 'text' of row 0 holds float, not text"):
        list(read_files([tmp_path / "numbers.parquet"], ColumnSettings()))


def test_an_empty_value_is_empty_text(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.array([None, "x"], pa.string())}), tmp_path / "a.parquet")
    assert [document.text for document in read_files([tmp_path / "a.parquet"], ColumnSettings())] == ["", "x"]


def test_a_hub_data_set_from_its_folder(tmp_path: Path) -> None:
    for split in ("train", "test"):
        (tmp_path / "set" / split).mkdir(parents=True)
        _write(tmp_path / "set" / split / "0000.parquet")
    settings = CorpusSettings(hub=str(tmp_path / "set"), split="test", columns=COLUMNS)
    assert [document.title for document in read_hub(settings)] == ["T1", "NA"]
    with pytest.raises(DataError, match="split validation"):
        list(read_hub(CorpusSettings(hub=str(tmp_path / "set"), split="validation", columns=COLUMNS)))


def test_a_hub_id_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    with pytest.raises(DataError, match=r"nobody/nothing \(split train\): cannot be read.*files as files"):
        list(read_hub(CorpusSettings(hub="nobody/nothing")))


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({}, "exactly one of source, files and hub"),
        ({"source": "brown", "hub": "a/b"}, "exactly one"),
        ({"source": "brown", "revision": "x"}, "goes with hub alone"),
        ({"files": ["a.txt"]}, "ends in none of"),
        ({"source": "nothing"}, "source"),
        ({"source": "brown", "cleaning": {"near_duplicates": 1.5}}, "near_duplicates"),
    ],
)
def test_settings_that_cannot_be(block: dict, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        CorpusSettings(**block)
