"""Prompts of different sizes: a GO that one larger prompt would undo says so."""

from __future__ import annotations

import numpy as np

from uncollapse.proxy.audit import audit
from uncollapse.proxy.fullest import largest_prompt
from uncollapse.proxy.tally import Candidates, tally


def selected(sizes: np.ndarray, right: np.ndarray) -> Candidates:
    """Prompts of these sizes, all kept and right or not, beside as many of one dropped wrong candidate."""
    number = len(sizes)
    place = np.concatenate([np.repeat(np.arange(number), sizes), number + np.arange(number)])
    kept = np.arange(len(place)) < sizes.sum()
    return Candidates(kept, kept & np.concatenate([right, np.zeros(number, bool)])[place], prompts=place)


def test_a_fullest_prompt_that_stands_apart_makes_it_a_go_but() -> None:
    sizes, right = np.r_[np.tile([1, 2, 3], 8), 6], np.ones(25, bool)
    found = audit(selected(sizes, right), resamples=100, judge_prompts=False)
    assert found.decision.word == "GO-BUT"
    assert "it has 6 of the labels, and one of 33" in found.decision.warnings[0]
    assert audit(selected(np.r_[sizes, 6], np.ones(26, bool)), resamples=100, judge_prompts=False).decision.word == "GO"


def test_many_prompts_bear_a_larger_one() -> None:
    sizes = np.r_[np.tile([1, 2, 3], 80), 6]
    assert audit(selected(sizes, np.ones(241, bool)), resamples=100, judge_prompts=False).decision.word == "GO"


def test_labels_of_a_part_are_no_more_than_there_are_candidates() -> None:
    """Of eight candidates each, one has a label, of one prompt three."""
    labelled = np.arange(800) % 8 == 0
    labelled[1:3] = True
    given = Candidates(np.ones(800, bool), labelled, labelled, np.arange(800) // 8)
    assert largest_prompt(tally(given), given) == 8


def test_weights_are_sizes() -> None:
    given = Candidates(np.ones(4, bool), np.ones(4, bool), weight=np.array([1.0, 1.0, 2.0, 4.0]))
    assert largest_prompt(tally(given), given) == 22
    assert largest_prompt(tally(given.of(np.array([1, 1, 0, 0], bool))), given.of(np.array([1, 1, 0, 0], bool))) == 1


def test_the_warning_takes_most_false_passes(proxy_error) -> None:
    passes, unwarned = proxy_error.unequal(150, "lognormal, sigma 1.5", 20)
    assert passes > 0.08
    assert unwarned < passes / 2
