"""Lock files in folders that others may write to."""

from pathlib import Path

import pytest

from uncollapse.compute.device import claim
from uncollapse.compute.lock_file import open_lock, own_folder


def test_no_link_is_followed_and_nothing_is_truncated(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    (tmp_path / "lock").symlink_to(precious)
    with pytest.raises(OSError, match="symbolic links"):
        open_lock(tmp_path / "lock")
    with open_lock(precious):
        assert precious.read_text() == "mine"


def test_a_folder_of_others_is_not_used(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "gpu").symlink_to(precious)
    (tmp_path / "linked").symlink_to(elsewhere)
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    for folder in (tmp_path / "linked", open_to_all):
        assert not own_folder(folder)
        assert claim(["gpu"], folder=folder) == 0
    assert precious.read_text() == "mine"
    assert not list(open_to_all.iterdir())
    assert own_folder(tmp_path / "new")
