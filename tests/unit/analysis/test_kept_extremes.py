"""Kept verdicts on the domain that came out best, held against kept tables by arithmetic of its own."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

KEPT = Path(__file__).parents[3] / "workflow" / "measured"


@pytest.mark.parametrize(("part", "verdict"), [("evidence", "inconclusive"), ("evidence_repeats", "reproduced")])
def test_the_domain_picked_among_several_has_an_interval_for_all_of_them(part: str, verdict: str) -> None:
    """zhu-T1-c: web pages fall by 1.7% either time, which thirteen models do not tell and twenty-six do."""
    table = pd.read_csv(KEPT / part / "collapse" / "tables" / "zhu2024_table1.csv")
    table = table[(table["seeds"] > 0) & ~table["validation_set"].isin(["average", "chat model"])]
    table = table.set_index(["synthetic_share_percent", "validation_set"])
    domains = table.index.get_level_values(1).unique()
    falls = {name: math.log(table["ours_mean"][0, name] / table["ours_mean"][25, name]) for name in domains}
    best = max(falls, key=lambda name: falls[name])
    assert (best, len(domains)) == ("web", 7)
    seeds = int(table["seeds"][0, best])
    freedom = 5 * (seeds - 1)  # five shares of one spread
    one = math.log(table["ours_high"][0, best] / table["ours_low"][0, best]) / 2 / stats.t.ppf(0.975, freedom)
    half = stats.t.ppf(1 - 0.025 / 7, freedom) * one * math.sqrt(2)
    ends = [100 * math.expm1(falls[best] + side * half) for side in (0, -1, 1)]
    row = pd.read_csv(KEPT / part / "collapse" / "claims.csv").set_index("id").loc["zhu-T1-c"]
    assert row["statistic"].endswith("fall of web at 25%")
    assert row[["value", "low", "high"]].tolist() == pytest.approx(ends, abs=1e-4)
    assert row["verdict"] == verdict == ("reproduced" if ends[1] > 0 else "inconclusive")


def test_one_model_trained_again_gives_no_second_verdict() -> None:
    """Mixtures beside the sweep of rephrased text are the evidence scale's models: what they say stands there alone."""
    sweep = pd.read_csv(KEPT / "evidence_rephrased" / "collapse" / "claims.csv")
    judged = sweep.loc[sweep["verdict"] != "not run at this scale", "id"]
    assert judged.tolist() == ["outside-2604.13977-a"]
