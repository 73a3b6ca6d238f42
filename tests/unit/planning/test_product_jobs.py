"""Jobs of products: frames and values are those of the experiment's own kind."""

from pathlib import Path

import pytest

from uncollapse.config.files import read
from uncollapse.experiments.found import kinds
from uncollapse.experiments.frames import Value
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).parents[3]


def test_a_value_of_another_kind_hides_no_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(ROOT / "config.yaml", [], [])
    with monkeypatch.context() as patched:
        patched.setitem(kinds()["text"].values, "generator_evaluations", Value(lambda e: "of texts"))
        beside = Plan(settings).products.job("tables", "feng2024_table1")
    assert "generator_evaluations" in beside.reads
    assert beside == Plan(settings).products.job("tables", "feng2024_table1")
