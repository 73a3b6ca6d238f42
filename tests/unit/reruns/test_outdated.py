"""Artifacts that were copied over, or whose record is another file's, are made again."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from uncollapse.jobs.provenance import provenance_path
from uncollapse.jobs.store import content_hash
from uncollapse.planning.recipe import Recipe
from uncollapse.reruns.outdated import ContentHashes, judge


class _Plan:
    """A plan of one file, made from code a@1."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)

    def recipe_of(self, path: Path) -> Recipe:
        return Recipe(stage="s", body="b", code=["a@1"], text="{}", inputs={}, outputs={"x": str(path)})


def _made(folder: Path, text: str, code: str) -> Path:
    path = folder / "results" / "x.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    provenance_path(path).parent.mkdir(exist_ok=True)
    record = {"stage": "s", "code": [code], "spec": {}, "inputs": {}, "sha256": content_hash(path)}
    provenance_path(path).write_text(json.dumps(record))
    return path


def _outdated(path: Path, recorded_at: float) -> set[str]:
    hashes = ContentHashes(path.parent / "memory.json")
    return judge(_Plan(path.parent), lambda _: recorded_at, hashes.of).outdated  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["a@1", "a@0"])
def test_results_copied_over_with_their_times_are_judged_by_their_records(code: str, tmp_path: Path) -> None:
    """As ``cp -a`` and ``rsync -a`` leave them: older than Snakemake's record of what lay there before."""
    mine, theirs = _made(tmp_path / "mine", "mine", "a@1"), _made(tmp_path / "theirs", "theirs", code)
    for path in (theirs, provenance_path(theirs)):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    recorded = provenance_path(mine).stat().st_ctime + 5e-3
    assert _outdated(mine, recorded) == set()
    shutil.copytree(theirs.parent, mine.parent, dirs_exist_ok=True)
    os.utime(provenance_path(mine), (1_000_000_000, 1_000_000_000))
    recorded = min(recorded, provenance_path(mine).stat().st_ctime - 1e-4)
    assert _outdated(mine, recorded) == ({str(mine)} if code == "a@0" else set())


@pytest.mark.parametrize("recorded_at", [0.0, 1e12])  # by Snakemake: never, or after what lies beside the file
def test_a_file_that_is_not_the_one_of_its_record_is_made_again(tmp_path: Path, recorded_at: float) -> None:
    path = _made(tmp_path, "mine", "a@1")
    assert _outdated(path, recorded_at) == set()
    os.utime(path, (1, 1))
    assert _outdated(path, recorded_at) == set()
    path.write_text("what a killed job of another config renamed here, or an editor saved")
    os.utime(path, (1, 1))
    assert _outdated(path, recorded_at) == {str(path)}


def test_a_record_without_a_hash_of_the_file_says_nothing_of_it(tmp_path: Path) -> None:
    path = _made(tmp_path, "mine", "a@1")
    beside = provenance_path(path)
    beside.write_text(json.dumps({"stage": "s", "code": ["a@1"], "spec": {}, "inputs": {}}))
    assert _outdated(path, 0.0) == _outdated(path, 1e12) == set()
