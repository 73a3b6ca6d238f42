"""Large files in pieces, and whole again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from uncollapse.errors import ArtifactError
from uncollapse.offline.pieces import join_pieces, split_large

CONTENT = bytes(range(256)) * 41  # 10,496 bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One large file and one small one."""
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/large.safetensors").write_bytes(CONTENT)
    (tmp_path / "small.json").write_bytes(b"{}")
    return tmp_path


def test_there_and_back(folder: Path) -> None:
    large = folder / "a/b/large.safetensors"
    stamp = large.stat().st_mtime_ns
    assert split_large(folder, limit=4000) == [large]
    assert not large.exists()
    assert max(path.stat().st_size for path in folder.rglob("*") if path.is_file()) == 4000
    assert join_pieces(folder) == [large]
    assert large.read_bytes() == CONTENT
    assert large.stat().st_mtime_ns == stamp
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == ["large.safetensors", "small.json"]


def test_cut_while_the_whole_file_was_still_there(folder: Path) -> None:
    """Killed between the description and the removal: the whole file stays, the pieces go."""
    large = folder / "a/b/large.safetensors"
    shutil.copy(large, folder / "copy")
    split_large(folder / "a", limit=4000)
    shutil.move(folder / "copy", large)
    join_pieces(folder)
    assert large.read_bytes() == CONTENT
    assert not list(folder.rglob("*piece*"))


def test_pieces_without_a_description_are_no_harm(folder: Path) -> None:
    """Killed before the description was written."""
    (folder / "a/b/large.safetensors.piece-000").write_bytes(b"half")
    assert join_pieces(folder) == []
    assert split_large(folder, limit=8000)
    assert join_pieces(folder)
    assert (folder / "a/b/large.safetensors").read_bytes() == CONTENT


def test_a_missing_piece_is_named(folder: Path) -> None:
    split_large(folder, limit=4000)
    (folder / "a/b/large.safetensors.piece-001").unlink()
    with pytest.raises(ArtifactError, match=r"large\.safetensors\.piece-001 is missing"):
        join_pieces(folder)


def test_a_damaged_piece_is_noticed(folder: Path) -> None:
    split_large(folder, limit=4000)
    piece = folder / "a/b/large.safetensors.piece-002"
    piece.write_bytes(piece.read_bytes()[:-1] + b"x")
    with pytest.raises(ArtifactError, match="not what was cut"):
        join_pieces(folder)
    assert not (folder / "a/b/large.safetensors").exists()
