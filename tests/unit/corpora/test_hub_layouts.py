"""Folders of hub data sets as they come, beside what ``datasets`` reads of them: the same rows, or a sentence."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from uncollapse.corpora.formats import HUB, kind_of
from uncollapse.corpora.hub import read_hub
from uncollapse.corpora.read import read_files
from uncollapse.corpora.settings import ColumnSettings, CorpusSettings
from uncollapse.errors import DataError

Files = dict[str, bytes]
OWN = "own_set"  # the folder's name
SCRIPT = b"from pathlib import Path\nPath('ran').touch()\n"


def lines(*texts: str) -> bytes:
    return "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()


def table(*texts: str) -> bytes:
    return "".join(f"{text}\n" for text in ("text", *texts)).encode()


def parquet(*texts: str) -> bytes:
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": pa.array(texts, pa.string())}), buffer)
    return buffer.getvalue().to_pybytes()


def zstd(content: bytes) -> bytes:
    return pa.Codec("zstd").compress(content, asbytes=True)


def card(*configs: dict[str, Any]) -> bytes:
    return f"---\n{yaml.safe_dump({'configs': list(configs)})}---\nA card.\n".encode()


LANGUAGES = {"en/train.jsonl": lines("a"), "de/train.jsonl": lines("b")}
BY_FILES = card(*({"config_name": name, "data_files": f"{name}/*.jsonl"} for name in ("en", "de")))
BY_FOLDERS = card(*({"config_name": name, "data_dir": name} for name in ("en", "de")))
FIRST = card(
    {"config_name": "en", "data_files": "en/*.jsonl", "default": True},
    {"config_name": "de", "data_files": "de/*.jsonl"},
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("datasets.config.HF_DATASETS_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / OWN


def put(folder: Path, files: Files) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def ours(folder: Path, **settings: Any) -> list[str]:
    found = [document.text for document in read_hub(CorpusSettings(hub=str(folder), **settings))]
    assert not Path("ran").exists()
    return found


def theirs(folder: Path, config: str | None = None, split: str = "train") -> list[str]:
    return datasets.load_dataset(str(folder), config, split=split, cache_dir=str(folder.parent / "cache"))["text"][:]


@pytest.mark.parametrize(
    ("files", "settings", "expected"),
    [
        (
            {
                "data/train-00000-of-00002.parquet": parquet("a", "b"),
                "data/train-00001-of-00002.parquet": parquet("c"),
                "data/test-00000-of-00001.parquet": parquet("t"),
            },
            {},
            ["a", "b", "c"],
        ),
        ({"train.jsonl": lines("a", "b"), "README.md": card({"config_name": "x", "data_files": "*.jsonl"})}, {}, "ab"),
        (LANGUAGES | {"README.md": BY_FILES}, {"config": "de"}, "b"),
        (LANGUAGES | {"README.md": BY_FOLDERS}, {"config": "de"}, "b"),
        (LANGUAGES | {"README.md": FIRST}, {}, "a"),
        ({"train/0.jsonl": lines("a"), "train/1.jsonl": lines("b"), "test/0.jsonl": lines("t")}, {}, "ab"),
        ({f"train/{k}.jsonl": lines(str(k)) for k in (1, 2, 10)}, {}, ["1", "10", "2"]),
        ({"my-train-file.jsonl": lines("a"), "my_test_file.jsonl": lines("t")}, {}, "a"),
        ({"train.jsonl.gz": gzip.compress(lines("a", "b"))}, {}, "ab"),
        ({"train.json.gz": gzip.compress(json.dumps([{"text": "a"}, {"text": "b"}]).encode())}, {}, "ab"),
        ({"train.jsonl.xz": lzma.compress(lines("a", "b"))}, {}, "ab"),
        ({"train.csv.gz": gzip.compress(table("a", "b"))}, {}, "ab"),
        ({"train.tsv": b"text\tn\na\t1\n"}, {}, "a"),
        ({"train.csv": b"\xef\xbb\xbftext\r\na\r\n"}, {}, "a"),
        ({"validation.jsonl": lines("a", "b")}, {"split": "validation"}, "ab"),
        ({"train.jsonl": lines("a"), "dev.jsonl": lines("d")}, {"split": "validation"}, "d"),
        ({"train-0.jsonl": lines("a"), "train-1.jsonl": b""}, {}, "a"),
        ({"train.jsonl": lines("a"), ".train.jsonl": lines("h"), ".cache/train.jsonl": lines("h")}, {}, "a"),
        ({"train.jsonl": lines("a"), "__MACOSX/train.jsonl": lines("m"), "_SUCCESS": b""}, {}, "a"),
        ({"train.jsonl": lines("a"), "SHA256SUMS": b"0  train.jsonl\n", "LICENSE": b"none\n"}, {}, "a"),
        ({"train.jsonl": lines("a"), "other.py": SCRIPT}, {}, "a"),
        ({"a.jsonl": lines("a"), "x/b.jsonl": lines("b")}, {}, "ab"),
        ({"year=2020/0.parquet": parquet("a"), "year=2021/0.parquet": parquet("b")}, {}, "ab"),
        (
            {
                "train.json": b'{"data": [{"text": "a"}]}',
                "README.md": card({"config_name": "x", "data_files": "train.json", "field": "data"}),
            },
            {},
            "a",
        ),
    ],
)
def test_rows_and_their_order_are_those_of_datasets(
    folder: Path, files: Files, settings: dict[str, str], expected: str | list[str]
) -> None:
    put(folder, files)
    assert ours(folder, **settings) == theirs(folder, **settings) == list(expected)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"train.json.zst": zstd(lines("a", "b"))}, "ab"),
        ({"train.json.zst": zstd(json.dumps([{"text": "a"}]).encode())}, "a"),
        ({"train-0.parquet": parquet(), "train-1.parquet": parquet("a")}, "a"),
        ({"train.jsonl": lines("a"), "train.jsonl.md5": b"0\n", "train.jsonl.sha256": b"0  train.jsonl\n"}, "a"),
        ({"a.jsonl": lines("a"), "a.jsonl.bak": lines("x"), "a.jsonl.lock": b""}, "a"),
        ({"train.jsonl": lines("a"), "train.jsonl.bz2": bz2.compress(lines("a"))}, "a"),
        ({"train.csv": b"text,n\nNA,1\n007,2\n"}, ["NA", "007"]),
    ],
)
def test_what_datasets_cannot_read_or_reads_as_something_else_has_the_rows_of_its_tables(
    folder: Path, files: Files, expected: str | list[str]
) -> None:
    put(folder, files)
    tables = [folder / name for name in sorted(files) if kind_of(Path(name), HUB)]
    in_order = read_files(tables, ColumnSettings(), suffixes=HUB)
    assert ours(folder) == [document.text for document in in_order] == list(expected)
    with contextlib.suppress(datasets.exceptions.DatasetGenerationError, ValueError):
        assert theirs(folder) != list(expected)


@pytest.mark.parametrize(
    ("files", "settings", "words"),
    [
        ({"train.csv": table("a"), "train.parquet": parquet("b")}, {}, "holds tables of two kinds"),
        ({"train.csv": table("a"), "test.parquet": parquet("b")}, {}, "same data file format for all splits"),
        ({"train.jsonl": lines("a"), "extra.jsonl": lines("e")}, {}, "extra.jsonl is in none of the splits"),
        (
            {"train.jsonl": lines("a"), "data/train-00000-of-00001.jsonl": lines("b")},
            {},
            r"train.jsonl is in none of the splits .* \(train\), and would be left out: list those",
        ),
        ({"train.jsonl": lines("a"), "train.jsonl.gz": gzip.compress(lines("a"))}, {}, "holds both train.jsonl.gz and"),
        ({"validation.jsonl": lines("a")}, {}, r"Available splits: \['validation'\]; correct config and split"),
        ({"train.jsonl": lines("a")}, {"split": "train[:2]"}, r"Available splits: \['train'\]"),
        (LANGUAGES | {"README.md": BY_FILES}, {}, "Config name is missing"),
        (LANGUAGES | {"README.md": BY_FILES}, {"config": "fr"}, r"'fr' not found. Available: \['en', 'de'\]"),
        ({f"{OWN}.py": SCRIPT, "train.jsonl": lines("a")}, {}, "a script of its own name, which is not run: move it"),
        ({"train.jsonl": lines("a"), "README.md": b"---\nconfigs: [\n---\n"}, {}, "in its README.md are no valid YAML"),
        (
            {
                "train.csv": b"text;n\na;1\n",
                "README.md": card({"config_name": "x", "data_files": "train.csv", "sep": ";"}),
            },
            {},
            r"how its CSV files are to be read \(sep\), which is not done here: save them with a header and commas",
        ),
        (
            {
                "train.csv": b"a\n",
                "README.md": card({"config_name": "x", "data_files": "train.csv", "header": None, "names": ["text"]}),
            },
            {},
            r"are to be read \(header, names\)",
        ),
        ({"train.csv": "text\na\n".encode("utf-16")}, {}, "train.csv: not UTF-8"),
    ],
)
def test_what_would_be_read_in_part_or_not_at_all_is_told(
    folder: Path, files: Files, settings: dict[str, str], words: str
) -> None:
    put(folder, files)
    with pytest.raises(DataError, match=words):
        ours(folder, **settings)


def test_links_to_files_are_read(folder: Path) -> None:
    put(folder.parent / "blobs", {"1f": lines("a")})
    folder.mkdir()
    (folder / "train.jsonl").symlink_to(folder.parent / "blobs" / "1f")  # as the hub's own cache has them
    assert ours(folder) == ["a"]
