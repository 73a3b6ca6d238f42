"""phi, psi and p_*: by hand, against the theorem, and with intervals that cover the truth as often as they say."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from uncollapse.proxy.estimate import Tally, breakdown_point, estimate
from uncollapse.statistics.estimate import Estimate


def _estimates(tally: Tally, *, resamples: int = 200, seed: int = 0) -> dict[str, Estimate]:
    return estimate(tally, resamples=resamples, rng=np.random.default_rng(seed))


def _bools(rows: list[list[int]]) -> np.ndarray:
    return np.array(rows, dtype=bool)


CORRECT = _bools([[1, 1, 0], [0, 0, 0], [1, 0, 0], [1, 1, 1]])
KEPT = _bools([[1, 0, 0], [0, 1, 0], [1, 0, 1], [0, 0, 1]])


def test_quantities_by_hand() -> None:
    """6 of 12 candidates are correct; 3 of these and 2 of the 6 wrong ones are kept."""
    found = {name: row.value for name, row in _estimates(Tally.of(CORRECT, KEPT)).items()}
    assert found == {
        "p": pytest.approx(6 / 12),
        "phi": pytest.approx(3 / 6),
        "psi": pytest.approx(2 / 6),
        "psi/phi": pytest.approx(2 / 3),
        "kept_precision": pytest.approx(3 / 5),
        "p_star": pytest.approx(3 / 5),
    }


def test_tally_counts_prompts_by_their_pattern() -> None:
    """Wrong, correct, kept wrong, kept correct; the second and fifth prompt are alike."""
    tally = Tally.of(np.concatenate([CORRECT, CORRECT[1:2]]), np.concatenate([KEPT, KEPT[1:2, ::-1]]))
    rows = {tuple(pattern): int(count) for pattern, count in zip(tally.patterns, tally.prompts, strict=True)}
    assert rows == {(1, 2, 0, 1): 1, (3, 0, 1, 0): 2, (2, 1, 1, 1): 1, (0, 3, 0, 1): 1}


@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 30), st.integers(1, 4))
def test_tallies_add_up_to_that_of_all_prompts(seed: int, first: int, second: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    correct, kept = rng.random((2, first + second, width)) < 0.5
    added = Tally.of(correct[:first], kept[:first]) + Tally.of(correct[first:], kept[first:])
    whole = Tally.of(correct, kept)
    assert added.patterns.tolist() == whole.patterns.tolist()
    assert added.prompts.tolist() == whole.prompts.tolist()
    assert added.prompts.dtype == whole.prompts.dtype


@pytest.mark.parametrize(
    ("phi", "psi", "expected"),
    [(1.0, 0.0, 1.0), (1.0, 1.0, 0.5), (0.3, 0.3, 0.5), (0.0, 0.5, 0.0), (0.8, 0.2, 0.8), (0.2, 0.8, 0.2)],
)
def test_breakdown_point_by_hand(phi: float, psi: float, expected: float) -> None:
    """An oracle 1, no selection 1/2, one that keeps wrong answers only 0."""
    assert float(breakdown_point(phi, psi)) == pytest.approx(expected)


@given(st.floats(1e-6, 1), st.floats(0, 1))
def test_breakdown_point_is_the_theorems_formula(phi: float, psi: float) -> None:
    """Feng et al. 2024, Theorem 3.2: 1 / (1 + psi / phi)."""
    assert float(breakdown_point(phi, psi)) == pytest.approx(1 / (1 + psi / phi))


def test_nothing_kept_has_no_breakdown_point() -> None:
    assert math.isnan(float(breakdown_point(0.0, 0.0)))


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_more_than_half_of_the_kept_is_correct_exactly_below_the_breakdown_point(counts: list[int]) -> None:
    """The theorem's two readings agree, whatever the counts of wrong, correct, and kept ones among them."""
    wrong, correct = max(counts[0], counts[2]), max(counts[1], counts[3])
    kept_wrong, kept_correct = min(counts[0], counts[2]), min(counts[1], counts[3])
    assume(wrong and correct and kept_wrong + kept_correct)
    tally = Tally(np.array([[wrong, correct, kept_wrong, kept_correct]]), np.array([1]))
    found = {name: row.value for name, row in _estimates(tally, resamples=1).items()}
    p, phi, psi = Fraction(wrong, wrong + correct), Fraction(kept_correct, correct), Fraction(kept_wrong, wrong)
    assert found["p"] == pytest.approx(float(p))
    assert found["p_star"] == pytest.approx(float(phi / (phi + psi)))
    precision = Fraction(kept_correct, kept_wrong + kept_correct)
    assert found["kept_precision"] == pytest.approx(float(precision))
    assert (precision > Fraction(1, 2)) == (p < phi / (phi + psi))
    if precision != Fraction(1, 2):
        assert (found["kept_precision"] > 0.5) == (found["p"] < found["p_star"])


@pytest.mark.parametrize(
    ("correct", "kept", "undefined"),
    [
        ([[1, 1]], [[1, 0]], {"psi", "psi/phi", "p_star"}),  # no wrong candidate
        ([[0, 0]], [[1, 0]], {"phi", "psi/phi", "p_star"}),  # no correct candidate
        ([[1, 0]], [[0, 0]], {"psi/phi", "kept_precision", "p_star"}),  # nothing is kept
    ],
)
def test_what_is_undefined_is_nan_with_its_interval(
    correct: list[list[int]], kept: list[list[int]], undefined: set[str]
) -> None:
    found = _estimates(Tally.of(_bools(correct * 5), _bools(kept * 5)))
    assert {name for name, row in found.items() if math.isnan(row.value)} == undefined
    for name in undefined:
        assert math.isnan(found[name].low)
        assert math.isnan(found[name].high)
    for name in set(found) - undefined:
        assert found[name].low <= found[name].value <= found[name].high


def test_an_interval_needs_the_quantity_in_nearly_all_resamples() -> None:
    """One wrong candidate among five prompts is missing from a third of the resamples."""
    correct = _bools([[1]] * 4 + [[0]])
    psi = _estimates(Tally.of(correct, np.ones_like(correct)))["psi"]
    assert psi.value == 1.0
    assert math.isnan(psi.low)
    assert math.isnan(psi.high)


def test_same_generator_same_interval() -> None:
    tally = Tally.of(CORRECT, KEPT)
    assert _estimates(tally, seed=3)["p"] == _estimates(tally, seed=3)["p"]


def _simulated(rng: np.random.Generator, prompts: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Candidates that succeed and fail together: a prompt is easy or hard."""
    easy = rng.random((prompts, 1)) < 0.6
    correct = rng.random((prompts, width)) < np.where(easy, 0.9, 0.2)
    kept = rng.random((prompts, width)) < np.where(correct, 0.7, 0.3)
    return correct, kept


def test_intervals_cover_the_truth_in_95_of_100_cases() -> None:
    """Correct is 0.6 * 0.9 + 0.4 * 0.2 = 0.62 of all; 400 data sets of 200 prompts with four candidates each."""
    truth = {"p": 0.38, "phi": 0.7, "psi": 0.3, "p_star": 0.7, "kept_precision": 0.62 * 0.7 / (0.62 * 0.7 + 0.38 * 0.3)}
    rng = np.random.default_rng(0)
    covered = dict.fromkeys(truth, 0)
    for _ in range(400):
        found = _estimates(Tally.of(*_simulated(rng, 200, 4)), resamples=300, seed=int(rng.integers(2**32)))
        for name, value in truth.items():
            covered[name] += found[name].low <= value <= found[name].high
    # of 400 cases 95% are 380, with a standard deviation of 4.4; percentile intervals fall a little short
    assert all(362 <= count <= 395 for count in covered.values()), covered


def test_candidates_of_a_prompt_are_not_counted_as_independent() -> None:
    """Four copies of one candidate tell no more than one, so the interval is as wide."""
    rng = np.random.default_rng(1)
    correct, kept = _simulated(rng, 300, 1)
    one = _estimates(Tally.of(correct, kept), resamples=2000)["p"]
    four = _estimates(Tally.of(correct.repeat(4, 1), kept.repeat(4, 1)), resamples=2000)["p"]
    assert four.high - four.low == pytest.approx(one.high - one.low, rel=0.1)
