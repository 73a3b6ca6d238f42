"""What docs/text.md tells to copy runs as it stands."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import yaml

from uncollapse.candidates.texts import TextCandidates
from uncollapse.config.files import read
from uncollapse.language.settings import BaseModelSettings
from uncollapse.planning.plan import Plan
from uncollapse.verifiers.finding import load_verifier
from uncollapse.verifiers.scoring import checked_scores

ROOT = Path(__file__).parents[4]


def _block(first: str) -> str:
    """The indented block of the page that begins with these words."""
    found = re.search(rf"(?:^    {re.escape(first)}.*\n)(?:^(?:    .*)?\n)*", (ROOT / "docs/text.md").read_text(), re.M)
    assert found, first
    return textwrap.dedent(found[0])


def test_the_experiment_plans_as_it_stands(tmp_path: Path) -> None:
    overlay = tmp_path / "mine.yaml"
    overlay.write_text(_block("results: results/mine"))
    plan = Plan(read(ROOT / "config.yaml", [overlay]))
    models = [model.name for model, _ in plan.block("mine").evaluated()]
    draws = ("", ".by1", ".by2")
    students = [f"{name}_12{draw}-seed0" for draw in draws for name in ("oracle", "weak", "random")]
    further = [f"stronger{draw}-seed0" for draw in draws]
    assert models == [*(f"generator-seed{seed}" for seed in range(3)), *further, *students]
    frames = plan.recipe("make_table", table="feng2024_figure4").inputs
    assert any("results/mine/mine/evaluations/weak_12.by1-seed0.greedy.parquet" in paths for paths in frames.values())


def test_base_models_are_taken_as_they_stand() -> None:
    found = yaml.safe_load(_block("base_models:"))["base_models"]
    assert {name: BaseModelSettings(**each).file for name, each in found.items() if name == "kept"} == {
        "kept": "results/summaries/models/generator-seed0.safetensors"
    }


def test_the_verifier_scores_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my_verifier.py").write_text(_block("import numpy as np"))
    verifier = load_verifier("my_verifier.py", of="texts")
    settings = verifier.Settings(kind="my_verifier.py", words=["reportedly"])
    candidates = TextCandidates(
        prompt_id=np.arange(2),
        text=[["he reportedly left", "he left"], ["", "reportedly"]],
        tokens=[[np.zeros(1, np.int32)] * 2] * 2,
        log_prob=np.zeros((2, 2)),
    )
    prompts = pa.table({"prompt_id": [0, 1], "prompt": ["a", "b"], "answer": ["c", "d"]})
    found = verifier.score(candidates, prompts, settings=settings, engine=None)
    scores, accepted = checked_scores(found, shape=(2, 2), verifier="my_verifier.py")
    assert scores.tolist() == [[-1, 0], [0, -1]]
    assert accepted is None
