"""Differences between selections with the labelling generator as the unit of replication."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from uncollapse.analysis.labellers import THEMSELVES, Design, replicates

PROMPTS = 2000
SELECTIONS = ("none", "filter", "best")


def made(
    rng: np.random.Generator,
    labellers: int,
    *,
    gap: float = 0.0,
    apart: float = 0.03,
    within: float = 0.03,
    seeds: int = 1,
    spreads: dict[str, float] | None = None,
) -> Design:
    """Cells whose chance of a right answer has a labeller's own level, and its own effect of selection."""
    level = 0.5 + apart * rng.normal(size=labellers)
    cells: dict[str, dict[str, np.ndarray]] = {}
    for name in (THEMSELVES, *SELECTIONS):
        chance = (
            level + (0 if name == THEMSELVES else gap) + (spreads or {}).get(name, within) * rng.normal(size=labellers)
        )
        models = 1 if name == THEMSELVES else seeds
        cells[name] = {
            f"by{number}": 100.0 * (rng.random((models, PROMPTS)) < chance[number]) for number in range(labellers)
        }
    return Design(cells)


@pytest.mark.parametrize("labellers", [2, 3, 5])
def test_intervals_cover_the_true_difference_over_labellers(labellers: int) -> None:
    rng = np.random.default_rng(labellers)
    covered = [
        (found := made(rng, labellers, gap=0.05).difference("filter", THEMSELVES)).low <= 5 <= found.high
        for _ in range(400)
    ]
    assert np.mean(covered) >= 0.93


def test_a_labeller_s_level_plays_no_part() -> None:
    near, far = (
        made(np.random.default_rng(7), 3, apart=apart, within=0.0).difference("best", "none") for apart in (0, 0.2)
    )
    assert far.high - far.low < 2 * (near.high - near.low)


def test_several_labellers_are_taken_together_unless_spreads_differ() -> None:
    alike = made(np.random.default_rng(1), 4)
    assert alike.pooled[1] == 3 * 3
    assert "one spread for all selections" in alike.words
    differ = made(np.random.default_rng(1), 6, within=0.001, spreads={"best": 0.3})
    assert differ.unequal < 0.05
    assert differ.pooled == (0.0, 0)
    gap = [differ.cells["best"][one].mean() - differ.cells["none"][one].mean() for one in differ.blocks]
    half = differ.difference("best", "none").high - np.mean(gap)
    assert half == pytest.approx(stats.t.ppf(0.975, 5) * np.std(gap, ddof=1) / 6**0.5, rel=0.1)
    assert "spreads differ" in differ.words


def test_selections_that_follow_their_labellers_by_different_amounts_have_no_spread_in_common() -> None:
    """Students of few examples end near the floor, whoever labelled: one spread made intervals too narrow for them."""
    rng, slopes, covered = np.random.default_rng(3), {"generator": 1.0, "few": 0.1, "many": 0.9, "filter": 0.65}, []
    for _ in range(120):
        level = rng.normal(0, 8, size=5)
        means = {name: 50 + slope * level + rng.normal(0, 0.5, size=5) for name, slope in slopes.items()}
        cells = {
            name: {f"by{number}": np.full((1, 2), mean) for number, mean in enumerate(of)} for name, of in means.items()
        }
        found = Design(cells).difference("many", "few")
        covered.append(found.low <= 0 <= found.high)
    assert np.mean(covered) >= 0.92  # 0.85 with one spread for all


def test_one_model_for_all_labellers_spreads_with_none() -> None:
    design = made(np.random.default_rng(5), 4)
    start = dict.fromkeys(design.blocks, np.full((1, PROMPTS), 100.0))
    beside = Design({**design.cells, "start": start}, given=(THEMSELVES, "start"))
    assert beside.pooled == design.pooled
    fell = [100 - design.cells["best"][one].mean() for one in design.blocks]
    half = beside.difference("start", "best").high - np.mean(fell)
    assert half == pytest.approx(stats.t.ppf(0.975, 3) * np.std(fell, ddof=1) / 4**0.5, rel=0.1)


def test_one_labeller_is_said_to_be_one() -> None:
    design = made(np.random.default_rng(2), 1, seeds=3, gap=0.1)
    assert "About one labelling generator" in design.words
    found = design.difference("filter", THEMSELVES)
    assert found.low < found.value < found.high


def test_a_contrast_of_differences_is_within_labellers() -> None:
    design = made(np.random.default_rng(3), 3)
    weights = {"filter": 1.0, "none": -1.0, "best": -1.0, THEMSELVES: 1.0}
    each = [sum(weight * design.cells[name][one].mean() for name, weight in weights.items()) for one in design.blocks]
    assert design.contrast(weights).value == pytest.approx(np.mean(each))


def test_a_comparison_is_over_the_labellers_that_have_both() -> None:
    design = made(np.random.default_rng(4), 3)
    part = Design(design.cells | {"less": {"by1": design.cells["none"]["by1"]}})
    gap = design.cells["best"]["by1"].mean() - design.cells["none"]["by1"].mean()
    assert part.difference("best", "less").value == pytest.approx(gap)
    with pytest.raises(ValueError, match="no labeller has all"):
        Design({THEMSELVES: {"": np.ones((1, 4))}, "a": {"by1": np.ones((1, 4))}}).difference("a", THEMSELVES)


def test_a_table_s_unit_is_the_labeller_where_there_are_several() -> None:
    labellers = pd.DataFrame(
        [("", "generator-seed0", ""), ("by1", "generator-seed1", ""), ("by0_longer", "x", "longer")],
        columns=["labeller", "model", "group"],
    )
    models = pd.DataFrame(
        [
            ("a", "", 0, 1.0),
            ("a", "", 1, 3.0),
            ("a", "by1", 0, 8.0),
            ("a", "by0_longer", 0, 99.0),
            ("b", "", 0, 5.0),
            ("b", "", 1, 6.0),
        ],
        columns=["dataset", "labeller", "seed", "accuracy"],
    )
    found = replicates(models, labellers, cell=["dataset"], value="accuracy")
    assert found.to_numpy().tolist() == [
        ["a", 0, True, 2.0], ["a", 1, True, 8.0], ["b", 0, False, 5.0], ["b", 1, False, 6.0],
    ]  # fmt: skip


def test_one_labeller_with_one_seed_may_have_the_spread_of_others() -> None:
    several = made(np.random.default_rng(5), 4)
    alone = made(np.random.default_rng(6), 1)
    assert np.isnan(alone.difference("filter", THEMSELVES).low)
    lent = Design(alone.cells, lent=several.pooled)
    found = lent.difference("filter", THEMSELVES)
    variance, freedom = several.pooled
    least = stats.t.ppf(0.975, freedom) * (2 * variance) ** 0.5
    assert found.high - found.value >= 0.9 * least  # and the sampling of prompts beside it


@pytest.mark.parametrize(("labellers", "seeds"), [(4, 1), (1, 3)])
def test_draws_of_means_spread_as_their_differences_do(labellers: int, seeds: int) -> None:
    design = made(np.random.default_rng(8), labellers, seeds=seeds)
    found = design.draws(["best", "none"], rng=np.random.default_rng(0), number=4000)
    estimate = design.difference("best", "none")
    low, high = np.quantile(found[:, 0] - found[:, 1], [0.025, 0.975])
    assert (low + high) / 2 == pytest.approx(estimate.value, abs=0.05 * (high - low))
    assert high - low == pytest.approx(estimate.high - estimate.low, rel=0.1)
