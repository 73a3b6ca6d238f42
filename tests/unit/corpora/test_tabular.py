"""Local files of three formats and hub data sets as local folders, offline."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from uncollapse.corpora.hub import read_hub
from uncollapse.corpora.read import read_files
from uncollapse.corpora.settings import ColumnSettings, CorpusSettings
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


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "text\nfine\nhello, how are you\n", r"a\.csv: line 3 has 2 fields, the header has 1 \(text\)"),
        ("a.csv", 'id,text\n1,"two\nlines"\n2,one,two\n', r"line 4 has 3 fields, the header has 2 \(id, text\)"),
        ("a.csv", "id,text\n1,cut\nhere\n", "line 3 has 1 fields"),
        ("a.csv", "text,text\na,b\n", "two columns are called 'text'"),
        ("a.csv", 'text\n"open\nand\n', r"line 2: unexpected end of data; .* double the quotes inside"),
        ("a.csv", "", "empty; its first line must name the columns"),
        ("a.jsonl", "", "empty; write one JSON object a line"),
        ("a.jsonl", '{"text": "a"}\n{"text": "b"\n', "line 2 is no JSON"),
        ("a.jsonl", '[{"text": "a"}]\n', "line 1 is no JSON object but list"),
        ("a.jsonl", '{"text": "a"}\n{"text": 5}\n', "column 'text' of line 2 holds int, not text"),
        ("a.jsonl", '{"text": "half \\ud83d"}\n', "line 1 holds half a character"),
    ],
)
def test_rows_that_are_not_what_they_seem(name: str, content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=said):
        list(read_files([tmp_path / name], ColumnSettings()))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("name", "content"), [("a.csv", 'text\r\n"x, y"\r\n'), ("a.jsonl", '{"text": "x, y"}\r\n')])
def test_a_byte_order_mark_is_no_part_of_a_name(name: str, content: str, packed: bool, tmp_path: Path) -> None:
    data = content.encode("utf-8-sig")
    path = tmp_path / f"{name}{'.gz' * packed}"
    path.write_bytes(gzip.compress(data) if packed else data)
    assert [document.text for document in read_files([path], ColumnSettings())] == ["x, y"]


def test_a_damaged_archive_and_another_encoding_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"text": "some text"}\n')[:-9])
    with pytest.raises(DataError, match=r"a\.jsonl\.gz: cannot be read"):
        list(read_files([tmp_path / "a.jsonl.gz"], ColumnSettings()))
    (tmp_path / "a.csv").write_bytes("text\ncafé\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"a\.csv: not UTF-8"):
        list(read_files([tmp_path / "a.csv"], ColumnSettings()))


def test_json_objects_may_leave_a_column_out_and_dates_are_text(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "2020-01-01"}\n\n{"title": "t", "text": "b"}\n{"text": null}\n')
    found = list(read_files([tmp_path / "a.jsonl"], ColumnSettings(title="title")))
    assert [(document.title, document.text) for document in found] == [("", "2020-01-01"), ("t", "b"), ("", "")]


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


def test_a_hub_that_does_not_answer_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("time.sleep", waits.append)
    with pytest.raises(DataError, match=r"cannot be read: http://127.0.0.1:9 does not answer.*files as files"):
        list(read_hub(CorpusSettings(hub="nobody/nothing")))
    assert not waits, "its client asked again"


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
