"""What was found out about files: remembered while they stay, and only as it was written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from uncollapse.jobs import file_memory
from uncollapse.jobs.file_memory import FileMemory, kept_by_snakemake


class Reader:
    """Looks at files, and knows at which."""

    def __init__(self) -> None:
        self.looked_at: list[str] = []

    def __call__(self, path: str) -> list[str]:
        self.looked_at.append(Path(path).name)
        return Path(path).read_text().split()


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file that is taken to be old enough."""
    monkeypatch.setattr(file_memory, "SETTLED", -1.0)
    path = tmp_path / "words"
    path.write_text("one two")
    return str(path)


def _remember(where: Path, path: str, key: str = "") -> Reader:
    reader = Reader()
    memory = FileMemory(where, reader, key=key)
    assert memory.of(path) == memory.of(path) == Path(path).read_text().split()
    memory.save()
    return reader


def test_what_another_process_found_is_known(tmp_path: Path, words: str) -> None:
    where = tmp_path / "memory/words.json"
    assert _remember(where, words).looked_at == ["words"]
    assert _remember(where, words).looked_at == []
    assert [path.name for path in where.parent.iterdir()] == ["words.json"]


def test_another_version_is_looked_at(tmp_path: Path, words: str) -> None:
    where = tmp_path / "words.json"
    _remember(where, words)
    Path(words).write_text("two one")
    os.utime(words, (5, 5))
    assert _remember(where, words).looked_at == ["words"]


def test_what_was_found_otherwise_is_forgotten(tmp_path: Path, words: str) -> None:
    where = tmp_path / "words.json"
    _remember(where, words, key="by words")
    assert _remember(where, words, key="by lines").looked_at == ["words"]


@pytest.mark.parametrize("damage", [lambda text: text.replace("two", "six"), lambda text: text[:-5], lambda text: ""])
def test_a_damaged_memory_is_as_none(tmp_path: Path, words: str, damage: object) -> None:
    where = tmp_path / "words.json"
    _remember(where, words)
    where.write_text(damage(where.read_text()))  # type: ignore[operator]
    assert _remember(where, words).looked_at == ["words"]


def test_files_that_are_gone_are_forgotten(tmp_path: Path, words: str) -> None:
    where, other = tmp_path / "words.json", tmp_path / "other"
    _remember(where, words)
    Path(words).unlink()
    other.write_text("three")
    _remember(where, str(other))
    assert words not in where.read_text()


def test_a_file_that_cannot_be_read(tmp_path: Path, words: str) -> None:
    with pytest.raises(FileNotFoundError):
        FileMemory(tmp_path / "words.json", Reader()).of(str(tmp_path / "none"))


@pytest.mark.parametrize("there", [True, False])
def test_planning_makes_no_folder(tmp_path: Path, words: str, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    at_exit: list[object] = []
    monkeypatch.setattr("atexit.register", at_exit.append)
    monkeypatch.chdir(tmp_path)
    if there:
        Path(".snakemake").mkdir()
    kept_by_snakemake("words.json", Reader(), by=__file__).of(words)
    (save,) = at_exit
    save()  # type: ignore[operator]
    assert Path(".snakemake").is_dir() == Path(".snakemake/words.json").is_file() == there
