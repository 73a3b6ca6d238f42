"""Stages of rejection sampling load what their code names, and nothing else of the project."""

from __future__ import annotations

from pathlib import Path

import pytest
from stage_workflow import ROOT, Recorded

from uncollapse.config.files import read
from uncollapse.planning.plan import Plan


def test_stages_load_what_their_code_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    settings = read(ROOT / "config.yaml", [ROOT / "scales/smoke.yaml"], [f"results={tmp_path}/results"])
    workflow = Recorded(Plan(settings))
    workflow.make(f"{workflow.plan.root}/tables/rejection_sampling.parquet")
    assert set(workflow.made) >= {stage.key for stage in workflow.plan.kind_of("rejection").stages.values()}
    assert {stage: names for stage, names in workflow.unseen.items() if names} == {}
