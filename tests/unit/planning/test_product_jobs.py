"""Jobs of products: frames and values are those of the experiment's own kind."""

from pathlib import Path

import pytest

from uncollapse.config.files import read
from uncollapse.experiments.found import kinds
from uncollapse.experiments.frames import Value
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).parents[3]


def test_a_value_of_another_kind_hides_no_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(read(ROOT / "config.yaml", [], []))
    before = plan.products.job("tables", "feng2024_table1")
    assert "generator_evaluations" in before.reads
    monkeypatch.setitem(kinds()["text"].values, "generator_evaluations", Value(lambda e: "of texts"))
    assert Plan(plan.settings).products.job("tables", "feng2024_table1") == before
