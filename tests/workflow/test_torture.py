"""The short form of the kill test; ``make torture`` runs the long one."""

from pathlib import Path

import pytest
from torture import KINDS, torture

pytestmark = pytest.mark.workflow


def test_killed_runs_end_in_the_same_bytes(tmp_path: Path) -> None:
    outcome = torture(tmp_path, kills=6, seed=1, longest_wait=3.0)
    assert outcome.kills.total() >= 6
    assert set(outcome.kills) <= set(KINDS)
    assert outcome.different == []
    assert outcome.litter == []
    assert outcome.broken_objects == []
    assert outcome.resumed >= 1, "no training went on from its checkpoint"
    assert outcome.from_store >= 5
