"""Hashes of content: right whatever a file's age, and read once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from uncollapse.jobs import file_memory
from uncollapse.jobs.store import content_hash
from uncollapse.reruns import outdated
from uncollapse.reruns.outdated import ContentHashes


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are hashed, which are all taken to be old enough."""
    names: list[str] = []

    def counted(path: Path) -> str:
        names.append(path.name)
        return content_hash(path)

    monkeypatch.setattr(outdated, "content_hash", counted)
    monkeypatch.setattr(file_memory, "SETTLED", -1.0)
    return names


@pytest.fixture
def ask(tmp_path: Path) -> Callable[[Path], str | None]:
    """The hash of a file, by a process of its own."""

    def of(path: Path) -> str | None:
        hashes = ContentHashes(tmp_path / "memory/hashes.json")
        found = hashes.of(str(path))
        assert hashes.of(str(path)) == found
        hashes.save()
        return found

    return of


def test_a_file_is_read_once(ask: Callable[[Path], str | None], read: list[str], tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.write_text("first")
    assert ask(data) == ask(data) == content_hash(data)
    assert read == ["data"]


@pytest.mark.parametrize("how", ["in place", "renamed", "folder renamed", "link"])
def test_other_content_of_the_same_size_and_age_is_seen(
    ask: Callable[[Path], str | None], read: list[str], tmp_path: Path, how: str
) -> None:
    data, other = tmp_path / "now/data", tmp_path / "other/data"
    for path, text in ((data, "first"), (other, "other")):
        path.parent.mkdir()
        path.write_text(text)
        os.utime(path, (5, 5))
    if how == "link":
        data.rename(tmp_path / "first")
        data.symlink_to(tmp_path / "first")
    before = ask(data)
    if how == "in place":
        data.write_text("other")
        os.utime(data, (5, 5))
    elif how == "renamed":
        other.replace(data)
    elif how == "folder renamed":
        data.parent.rename(tmp_path / "before")
        other.parent.rename(data.parent)
    else:
        data.unlink()
        data.symlink_to(other)
    assert ask(data) == content_hash(data) != before


def test_a_file_that_is_still_changing_is_read_again(
    ask: Callable[[Path], str | None], read: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_memory, "SETTLED", 3600.0)
    data = tmp_path / "data"
    data.write_text("first")
    assert ask(data) == ask(data)
    assert read == ["data", "data"]


@pytest.mark.parametrize("text", ["", "[]", '{"DATA": 3}', '{"DATA": []}', '{"DATA": [1, "x"]}'])
def test_a_damaged_memory_is_as_none(ask: Callable[[Path], str | None], tmp_path: Path, text: str) -> None:
    data = tmp_path / "data"
    data.write_text("first")
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory/hashes.json").write_text(text.replace("DATA", str(data)))
    assert ask(data) == content_hash(data)


def test_what_is_gone_or_cannot_be_remembered(ask: Callable[[Path], str | None], tmp_path: Path) -> None:
    assert ask(tmp_path / "none") is None
    assert ask(tmp_path) is None
    (tmp_path / "memory").write_text("a file where a folder should be")
    data = tmp_path / "data"
    data.write_text("first")
    assert ask(data) == content_hash(data)
