"""Tables of texts as users have them: shards without rows, semicolons, folders of hub data sets, hidden folders."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import datasets
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.corpora import hub
from uncollapse.corpora.hub import read_hub
from uncollapse.corpora.read import read_files
from uncollapse.corpora.settings import ColumnSettings, CorpusSettings
from uncollapse.errors import DataError
from uncollapse.settings.folder import files_in


def _texts(paths: list[Path]) -> list[str]:
    return [document.text for document in read_files(paths, ColumnSettings())]


def test_a_shard_without_rows_is_read_beside_others_and_refused_alone(tmp_path: Path) -> None:
    full = tmp_path / "full.jsonl"
    full.write_text('{"text": "a"}\n')
    (tmp_path / "empty.jsonl").write_text("\n")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "header.csv").write_text("text,title\n")
    pq.write_table(pa.table({"title": pa.array([], pa.string())}), tmp_path / "empty.parquet")
    for name in ("empty.jsonl", "empty.csv", "header.csv", "empty.parquet"):
        assert _texts([tmp_path / name, full]) == ["a"], name
        assert _texts([full, tmp_path / name]) == ["a"], name
    for name in ("empty.jsonl", "empty.csv", "empty.parquet"):
        with pytest.raises(DataError, match=name):
            _texts([tmp_path / name])


@pytest.mark.parametrize("body", ['text;title\n"a, b";c\n', "text;title\na;c\n", "text\ttitle\na\tc\n"])
def test_another_delimiter_is_named(body: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(body)
    with pytest.raises(DataError, match=r"the one field 'text.*title': if .* parts the fields, save it with commas"):
        _texts([tmp_path / "a.csv"])


ROWS = [
    {"text": "3", "score": 1e-12},
    {"text": "2021-05-01", "score": "n/a"},
    {"text": "1.10", "score": 0.123456789012345},
    {"text": "NA"},
]


LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


def test_a_folder_has_the_same_rows_as_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", "/proc/nowhere")  # no cache is needed for files that are here
    folder = tmp_path / "set"
    (folder / "train").mkdir(parents=True)
    file = folder / "train" / "0.jsonl"
    file.write_text(LINES)
    found = [document.text for document in read_hub(CorpusSettings(hub=str(folder)))]
    assert found == _texts([file]) == [row["text"] for row in ROWS]


@pytest.mark.parametrize("content", [json.dumps(ROWS), json.dumps(ROWS, indent=2), LINES])
def test_a_json_file_of_a_folder_is_an_array_or_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setenv("HF_HOME", "/proc/nowhere")
    (tmp_path / "train.json").write_text(content)
    settings = CorpusSettings(hub=str(tmp_path))
    assert [document.text for document in read_hub(settings)] == [row["text"] for row in ROWS]


LINE, FIELD = '{"text": "a"}\n', "text\na\n"


@pytest.mark.parametrize(
    "left", [{"b.jsonl": LINE}, {"sub/b.csv": FIELD}, {"train.jsonl.gz": gzip.compress(LINE.encode())}]
)
def test_a_folder_with_tables_of_two_kinds_is_refused(tmp_path: Path, left: dict[str, str | bytes]) -> None:
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "train.parquet")
    for name, content in left.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=r"two kinds, such as train.parquet and .*: list those that are meant as files"):
        list(read_hub(CorpusSettings(hub=str(tmp_path))))


@pytest.fixture
def on_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Texts of a data set of these files that a hub has, here one in memory, by the loader of ``datasets``."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # it is asked nothing
    files = fsspec.filesystem("memory")

    def read(contents: dict[str, bytes], taken: str = "train.parquet") -> list[str]:
        files.store.clear()
        for name, content in contents.items():
            files.pipe_file(f"/set/{name}", content)

        def builder(name: str, *_: object, **__: object) -> datasets.DatasetBuilder:
            assert name == "owner/name"
            data_files = {"train": f"memory://set/{taken}"}
            found = datasets.load_dataset_builder("parquet", data_files=data_files, cache_dir=str(tmp_path / "cache"))
            found.base_path = "memory://set"
            return found

        monkeypatch.setattr(hub, "load_dataset_builder", builder)
        return [document.text for document in read_hub(CorpusSettings(hub="owner/name"))]

    return read


def _parquet(*texts: str) -> bytes:
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": list(texts)}), buffer)
    return buffer.getvalue().to_pybytes()


LONG = "".join(json.dumps({"text": "word " * 40}) + "\n" for _ in range(9000))  # more than is read for the columns


@pytest.mark.parametrize(
    "left",
    [
        {"b.jsonl": LINE.encode()},
        {"b.jsonl": LONG.encode()},
        {"sub/b.csv": FIELD.encode()},
        {"b.jsonl.gz": gzip.compress(LONG.encode())},
        {"b.csv.zst": pa.Codec("zstd").compress(FIELD.encode(), asbytes=True)},
    ],
)
def test_a_data_set_on_the_hub_with_tables_of_two_kinds_is_refused(
    left: dict[str, bytes], on_the_hub: Callable[..., list[str]]
) -> None:
    with pytest.raises(DataError, match=r"^owner/name: holds tables of two kinds, such as train.parquet and b\..*down"):
        on_the_hub({"train.parquet": _parquet("a")} | left)


def test_what_lies_beside_the_tables_of_a_data_set_on_the_hub(on_the_hub: Callable[..., list[str]]) -> None:
    beside = {"labels.csv": b"label,meaning\n0,bad\n", "odd.jsonl": b"no table\n", ".cache/b.jsonl": LINE.encode()}
    assert on_the_hub({"train.parquet": _parquet("a", "b")} | beside) == ["a", "b"]
    card = b"---\nconfigs:\n- config_name: default\n  data_files: train.parquet\n---\n"
    named = {"train.parquet": _parquet("a"), "b.jsonl": LINE.encode(), "README.md": card}
    assert on_the_hub(named) == ["a"]


def test_what_lies_beside_the_tables_of_a_folder_and_is_none_of_them(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "train.parquet")
    (tmp_path / "labels.csv").write_text("label,meaning\n0,bad\n")
    (tmp_path / "dataset_infos.json").write_text('{"default": {"features": {}}}')
    (tmp_path / "odd.jsonl").write_text("no table\n")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "b.jsonl").write_text(LINE)
    assert [document.text for document in read_hub(CorpusSettings(hub=str(tmp_path)))] == ["a"]


def test_a_card_may_name_files_of_two_kinds_or_leave_one_out(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "a.parquet")
    (tmp_path / "b.jsonl").write_text('{"text": "b"}\n')
    for files, expected in (("['a.parquet', 'b.jsonl']", ["a", "b"]), ("a.parquet", ["a"])):
        configs = f"configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: {files}\n"
        (tmp_path / "README.md").write_text(f"---\n{configs}---\n")
        assert [document.text for document in read_hub(CorpusSettings(hub=str(tmp_path)))] == expected


def test_an_array_of_other_things_than_objects_is_told_with_its_item(tmp_path: Path) -> None:
    (tmp_path / "train.json").write_text('[{"text": "a"}, 3]')
    with pytest.raises(DataError, match=r"train\.json: item 1 is no JSON object but int"):
        list(read_hub(CorpusSettings(hub=str(tmp_path))))


def test_a_folder_whose_first_shard_has_a_column_of_nulls(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a"], "note": pa.nulls(1)}), tmp_path / "train-00000-of-00002.parquet")
    pq.write_table(pa.table({"text": ["b"], "note": ["seen"]}), tmp_path / "train-00001-of-00002.parquet")
    for columns in ({}, {"title": "note"}):
        settings = CorpusSettings(hub=str(tmp_path), columns=columns)
        found = [(document.text, document.title) for document in read_hub(settings)]
        assert found == [("a", ""), ("b", "seen" if columns else "")]


def test_files_of_a_folder_are_those_that_are_not_hidden(tmp_path: Path) -> None:
    for name in ("config.json", "data/a.parquet", ".git/config", ".cache/huggingface/b.lock", "data/.c", "no_suffix"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "empty.folder").mkdir()
    found = [str(Path(path).relative_to(tmp_path)) for path in files_in(tmp_path)]
    assert found == ["config.json", "data/a.parquet", "no_suffix"]
    hidden = tmp_path / ".cache" / "huggingface"  # the folder that is asked for may itself lie in a hidden one
    assert [Path(path).name for path in files_in(hidden)] == ["b.lock"]


def test_a_folder_of_save_to_disk_is_told_what_to_write_instead(tmp_path: Path) -> None:
    (tmp_path / "data-00000-of-00001.arrow").write_bytes(b"ARROW1")
    (tmp_path / "state.json").write_text("{}")
    with pytest.raises(DataError, match=r"was written by save_to_disk.*to_parquet"):
        list(read_hub(CorpusSettings(hub=str(tmp_path))))


@pytest.mark.parametrize("name", ["./notes", "/no/such/folder", "data/of/mine"])
def test_a_folder_that_is_not_there_is_no_id_of_the_hub(name: str) -> None:
    with pytest.raises(DataError, match=f"^{re.escape(name)}: there is no such folder"):
        list(read_hub(CorpusSettings(hub=name)))
