"""Partial files: one name a process, and the litter of dead processes goes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from uncollapse.partial import partial_of, remove_abandoned


@pytest.mark.parametrize("name", ["a.parquet", "model-seed0.curve.parquet", "no_suffix"])
def test_partial_files_of_dead_processes_go_and_others_stay(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    mine = partial_of(target)
    theirs = mine.with_name(mine.name.replace(str(os.getpid()), str(dead.pid)))
    others = tmp_path / f".other.partial-{dead.pid}.parquet"
    for path in (target, mine, theirs, others):
        path.write_text("half")
    remove_abandoned(target)
    assert sorted(tmp_path.iterdir()) == sorted([target, mine, others])


def test_a_process_that_waits_for_its_parent_is_dead(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert ended.stdout is not None
    ended.stdout.read()  # at its end the process has ended, or is about to
    litter = tmp_path / f".a.partial-{ended.pid}.txt"
    litter.write_text("half")
    state = Path(f"/proc/{ended.pid}/stat")
    if not state.exists():
        pytest.skip("needs /proc")
    while " Z " not in state.read_text():
        pass
    remove_abandoned(tmp_path / "a.txt")
    assert not litter.exists()
    ended.wait()


def test_a_folder_that_is_not_there_has_no_litter(tmp_path: Path) -> None:
    remove_abandoned(tmp_path / "none" / "a.txt")
    assert list(tmp_path.iterdir()) == []
