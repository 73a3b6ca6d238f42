"""Exact tests: Clopper and Pearson's and Fisher's where prompts have one candidate; the level kept with clusters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from uncollapse.proxy.exact import ERROR, Gap, Share, crossing, dropped_precision, kept_precision
from uncollapse.proxy.tally import Candidates, Counts, tally
from uncollapse.statistics.intervals import share_interval


def counts_of(dropped_wrong: int, dropped_right: int, kept_wrong: int, kept_right: int) -> Counts:
    """One candidate a prompt."""
    repeats = np.array([dropped_wrong, dropped_right, kept_wrong, kept_right])
    return Counts(np.eye(4, dtype=int), repeats, repeats[2:].sum(), repeats[:2].sum(), 1.0)


@given(st.integers(0, 200), st.integers(0, 200))
def test_one_candidate_a_prompt_has_clopper_and_pearsons_interval(right: int, wrong: int) -> None:
    if right + wrong:
        found = kept_precision(counts_of(3, 4, wrong, right)).interval()
        assert found == pytest.approx(share_interval(right, right + wrong), abs=3e-6)


def test_prompts_of_which_nothing_is_kept_do_not_matter() -> None:
    one, other = kept_precision(counts_of(0, 0, 5, 17)), kept_precision(counts_of(900, 50, 5, 17))
    assert one.interval() == pytest.approx(other.interval(), abs=1e-9)


def test_copies_of_a_candidate_tell_no_more_than_one() -> None:
    right, kept = np.arange(40) < 28, np.ones(40, bool)
    one = tally(Candidates(kept, right, prompts=np.arange(40)))
    four = tally(Candidates(kept.repeat(4), right.repeat(4), prompts=np.arange(40).repeat(4)))
    assert kept_precision(four).interval() == pytest.approx(kept_precision(one).interval(), abs=3e-6)


def test_candidates_that_differ_within_prompts_tell_more_than_one_each() -> None:
    rng = np.random.default_rng(0)
    right = rng.random(40 * 8) < 0.7
    counts = tally(Candidates(np.ones(320, bool), right, prompts=np.arange(320) // 8))
    low = kept_precision(counts).low()
    value = right.mean()
    assert share_interval(round(40 * value), 40).low < low < share_interval(int(right.sum()), 320).low


def test_a_selection_of_one_a_prompt_may_say_so() -> None:
    """Best of 25 keeps one: the worst prompt has one wrong candidate and not 25."""
    prompts = np.arange(60).repeat(25)
    kept = np.arange(1500) % 25 == 0
    counts = tally(Candidates(kept, kept & (prompts < 42), prompts=prompts))
    assert kept_precision(counts, most_kept=1).low() == pytest.approx(share_interval(42, 60).low, abs=3e-6)
    assert kept_precision(counts).low() < share_interval(42, 60).low - 0.05


@pytest.mark.parametrize("weight", [0.01, 100.0])
def test_one_a_prompt_is_one_a_prompt_whatever_it_stands_for(weight: float) -> None:
    """With the limit of a weight of one, two of two right ones that stand for 100 each would be a pass."""
    prompts = np.arange(60).repeat(25)
    kept = np.arange(1500) % 25 == 0
    judged = Candidates(kept, kept & (prompts < 42), prompts=prompts)
    alone, heavy = tally(judged), tally(replace(judged, weight=np.full(1500, weight)))
    assert kept_precision(heavy, most_kept=1).low() == pytest.approx(kept_precision(alone, most_kept=1).low(), abs=1e-6)
    gaps = [Gap(counts, most_kept=1).chance_of_at_most(0.5) for counts in (alone, heavy)]
    assert gaps[1] == pytest.approx(gaps[0], rel=1e-6)


def test_the_gap_is_close_to_fishers_test_and_never_sharper_by_much() -> None:
    for cells in [(20, 20, 8, 32), (50, 50, 30, 70), (100, 40, 12, 20), (9, 1, 1, 9)]:
        dropped_wrong, dropped_right, kept_wrong, kept_right = cells
        fisher = stats.fisher_exact([[kept_right, kept_wrong], [dropped_right, dropped_wrong]], "greater").pvalue
        found = Gap(counts_of(*cells)).chance_of_at_most(0.0)
        # of the level of 2.5%, 0.25% go to not knowing the pool's precision
        assert 0.6 * fisher < found < 2 * fisher + 0.005


def test_the_gaps_interval_covers_and_turns_with_the_truth() -> None:
    rng = np.random.default_rng(1)
    covered = []
    for _ in range(60):
        right, wrong = rng.binomial(40, 0.75), rng.binomial(60, 0.45)
        gap = Gap(counts_of(wrong, 60 - wrong, 40 - right, right))
        found = gap.interval()
        assert found.low < gap.value < found.high
        covered.append(found.low <= 0.75 - 0.55 <= found.high)
    assert np.mean(covered) >= 0.88
    turned = gap.opposite().interval()
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=2e-6)


def test_no_labels_of_one_side_leave_the_gap_open() -> None:
    gap = Gap(counts_of(0, 0, 3, 30))
    assert not gap.known
    assert gap.chance_of_at_most(0.0) == 1
    assert gap.interval()[1:] == (-1.0, 1.0)
    assert dropped_precision(counts_of(0, 0, 3, 30)).interval()[1:] == (0.0, 1.0)


@pytest.mark.parametrize(
    ("prompts", "width", "kind"), [(20, 8, "0.3"), (20, 8, "1"), (20, 8, "skewed"), (12, 64, "0"), (60, 3, "0.3")]
)
def test_false_gos_are_at_most_the_level(proxy_error, prompts: int, width: int, kind: str) -> None:
    """The small form of benchmarks/proxy_error.py: 250 audits each, of which 2.5% are six; more than 14 have a chance
    of 0.1%."""
    for question in ("threshold", "lift"):
        exact, _ = proxy_error.rate(250, question, prompts, width, kind, 0.5)
        assert exact <= 14 / 250


def test_no_kinds_of_prompts_make_a_lift_of_zero_a_go(proxy_error, monkeypatch) -> None:
    """The small form of the benchmark's search; without the test of the lift it finds what is a GO."""
    assert proxy_error.worst_lift_of_random_kinds(20, np.random.default_rng(0)) <= ERROR
    monkeypatch.setattr(proxy_error.Gap, "chance_of_at_most", lambda self, gap: 0.0)
    assert proxy_error.worst_lift_of_random_kinds(20, np.random.default_rng(0)) > ERROR


def test_a_sweep_with_a_score_that_tells_nothing_is_no_go(proxy_error) -> None:
    for prompts, width, kind in [(60, 1, "0"), (40, 4, "1")]:
        assert proxy_error.rate(100, "sweep", prompts, width, kind, 0.0)[0] <= 8 / 100


def test_a_good_judge_is_a_go_at_forty_prompts_of_eight(proxy_error) -> None:
    assert proxy_error.rate(100, "power", 40, 8, "0.3", 0.5)[0] > 0.8


@given(st.floats(0.5, 8), st.floats(1e-4, 0.5))
def test_crossings_are_found(power: float, error: float) -> None:
    at = crossing(lambda x: x**power, error)
    assert at == pytest.approx(error ** (1 / power), abs=1e-5)


def test_crossing_at_an_end() -> None:
    assert crossing(lambda x: 1.0, 0.025) == 0
    assert crossing(lambda x: 0.0, 0.025) == 1


def test_shares_without_candidates_say_nothing() -> None:
    share = Share(np.zeros(1), np.zeros(1), np.ones(1), 1)
    assert share.interval()[1:] == (0.0, 1.0)
    assert share.chance_of_at_most(0.5) == 1.0 > ERROR
