"""The short form of a history of jobs; ``make torture`` runs the long one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import histories
from histories import faults, history

from uncollapse.jobs.store import Store


def test_a_history_of_changes_and_kills_leaves_nothing_false(tmp_path: Path) -> None:
    program = (
        "import json, sys; from pathlib import Path; from histories import faults, history; folder = Path(sys.argv[1]);"
        "print(json.dumps([history(folder, operations=240, seed=1), faults(folder)]))"
    )
    # a process of its own: it forks, which one with threads must not
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=Path(histories.__file__).parent,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen, wrong = json.loads(done.stdout)
    assert wrong == []
    assert not seen.get("broken")
    assert seen["killed"] > 5
    assert seen["disturbed"] > 40
    assert seen["changes inside a job"] > 20
    assert seen["done"] > 40


def test_a_false_entry_would_be_found(tmp_path: Path) -> None:
    history(tmp_path, operations=0, seed=0)
    stage = histories._stage(tmp_path / "here", "first", 1)
    stage.run(lambda job: job.output("made").write_text("something else") and None, Store(tmp_path / "store"))
    assert len(faults(tmp_path)) == 2
