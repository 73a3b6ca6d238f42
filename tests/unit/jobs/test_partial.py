"""Partial files: one name a process, and the litter of dead processes goes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from uncollapse.jobs.partial import partial_of, remove_abandoned


@pytest.mark.parametrize("name", ["a.parquet", "model-seed0.curve.parquet", "no_suffix"])
def test_partial_files_of_dead_processes_go_and_others_stay(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    mine = partial_of(target)
    theirs = mine.with_name(mine.name.replace(f"-{os.getpid()}", f"-{dead.pid}"))
    others = theirs.with_name(theirs.name.replace(target.stem, "other", 1))
    for path in (target, mine, theirs, others):
        path.write_text("half")
    remove_abandoned(target)
    assert sorted(tmp_path.iterdir()) == sorted([target, mine, others])


def test_a_process_that_waits_for_its_parent_is_dead(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert ended.stdout is not None
    ended.stdout.read()  # at its end the process has ended, or is about to
    mine = partial_of(tmp_path / "a.txt")
    litter = mine.with_name(mine.name.replace(f"-{os.getpid()}", f"-{ended.pid}"))
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


@pytest.mark.parametrize(("hours", "stays"), [(0, True), (23, True), (25, False)])
def test_of_another_host_only_the_age_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int, stays: bool
) -> None:
    """Whether the number is that of a process here says nothing about theirs."""
    target = tmp_path / "a.txt"
    monkeypatch.setattr("socket.gethostname", lambda: "node-17.cluster")
    theirs = partial_of(target)
    monkeypatch.undo()
    gone = theirs.with_name(theirs.name.replace(f"-{os.getpid()}", "-999999999"))
    written = time.time() - hours * 3600
    for path in (theirs, gone):
        path.write_text("half")
        os.utime(path, (written, written))
    remove_abandoned(target)
    assert sorted(tmp_path.iterdir()) == (sorted([theirs, gone]) if stays else [])
