"""Intervals of an audit: right values by hand and by another library, and coverage near 95%."""

import itertools

import numpy as np
import pytest
from scipy import stats

from uncollapse.audits.intervals import rates, verdict
from uncollapse.proxy.noisy_labels import LabelErrors, Measured


def test_one_stratum_of_many_is_jeffreys():
    kept = verdict([1_000_000], [30], [21])
    found = rates(kept, verdict([1_000_000], [30], [10]), rng=np.random.default_rng(0), draws=200_000)
    assert kept.effective == pytest.approx(30, rel=1e-4)
    expected = stats.beta.ppf([0.025, 0.975], 21.5, 9.5)
    assert found["kept_precision"][1:] == pytest.approx(expected, abs=0.005)


def test_rates_by_hand():
    """40 kept, 60 dropped, all labelled: 30 kept right, 15 dropped right."""
    found = rates(verdict([40], [40], [30]), verdict([60], [60], [15]), rng=np.random.default_rng(0))
    by_hand = {"p": 0.55, "phi": 30 / 45, "psi": 10 / 55, "kept_precision": 0.75, "p_star": (2 / 3) / (2 / 3 + 2 / 11)}
    for name, value in by_hand.items():
        assert found[name] == pytest.approx((value, value, value)), name


def test_strata_count_by_their_size():
    one = verdict([90, 10], [10, 10], [9, 1])
    assert one.precision == pytest.approx(0.9 * 0.9 + 0.1 * 0.1)
    # variance by hand, each stratum's share drawn to the middle by one label
    middle = 10.5 / 21
    centre = np.array([(9 + middle) / 11, (1 + middle) / 11])
    variance = (np.array([0.81, 0.01]) * (1 - 10 / np.array([90, 10])) / 10) @ (centre * (1 - centre))
    overall = centre @ [0.9, 0.1]
    assert one.effective == pytest.approx(overall * (1 - overall) / variance)


def test_strata_without_labels_join_their_neighbours():
    assert verdict([50, 30, 20], [5, 0, 5], [5, 0, 0]).precision == pytest.approx(0.8 * 1 + 0.2 * 0)
    assert verdict([50, 50], [0, 5], [0, 4]).precision == pytest.approx(0.8)
    assert verdict([50, 50], [0, 0], [0, 0]).labels == 0


def test_labels_that_agree_leave_the_end_open():
    found = rates(verdict([500], [10], [10]), verdict([500], [10], [3]), rng=np.random.default_rng(0))
    assert found["kept_precision"].high == found["p_star"].high == 1
    assert found["psi"].low == 0
    assert 0.7 < found["kept_precision"].low < 0.85


def test_what_is_undefined_is_unknown():
    every = rates(verdict([10], [10], [10]), verdict([10], [10], [10]), rng=np.random.default_rng(0))
    assert np.isnan(every["psi"].value)
    assert np.isnan(every["p_star"].value)
    assert every["p"] == (0, 0, 0)
    no_dropped = rates(verdict([10], [5], [5]), verdict([], [], []), rng=np.random.default_rng(0))
    assert no_dropped["p"].low == 0
    assert no_dropped["phi"].value == 1
    no_labels = rates(verdict([10], [0], [0]), verdict([10], [5], [5]), rng=np.random.default_rng(0))
    assert all(np.isnan(one.value) for one in no_labels.values())


def coverage(cases, *, sims, draws=600, bins=4, seed=0, labels=None):
    """Share of intervals that hold the truth, by quantity, over audits of pools of 4,000 with a score in strata."""
    rng = np.random.default_rng(seed)
    held = {name: [] for name in ("p", "phi", "psi", "kept_precision", "p_star")}
    for (p, phi, psi, n), _ in itertools.product(cases, range(sims)):
        # the truth around the case's, so that no single step of a discrete distribution counts
        p, phi, psi = (np.clip(x * rng.uniform(0.85, 1.15), 0.01, 0.99) for x in (p, phi, psi))
        sides = []
        share = {True: ((1 - p) * phi, p * psi), False: ((1 - p) * (1 - phi), p * (1 - psi))}
        right_in = {}
        for kept, (good, bad) in share.items():
            size = np.array([round(4000 * (good + bad) / bins)] * bins)
            tilt = np.linspace(0.8, 1.2, bins)
            chance = np.clip(good / (good + bad) * tilt, 0, 1)
            truth = rng.binomial(size, chance)
            drawn = np.full(bins, n // (2 * bins))
            right_in[kept] = truth.sum(), size.sum()
            sides.append(verdict(size, drawn, rng.hypergeometric(truth, size - truth, drawn)))
        (a, kept_size), (b, dropped_size) = right_in[True], right_in[False]
        true = {
            "p": 1 - (a + b) / (kept_size + dropped_size), "phi": a / (a + b),
            "psi": (kept_size - a) / (kept_size + dropped_size - a - b), "kept_precision": a / kept_size,
        }  # fmt: skip
        true["p_star"] = true["phi"] / (true["phi"] + true["psi"])
        found = rates(*sides, rng=rng, draws=draws)
        for name, values in held.items():
            values.append(found[name].low <= true[name] <= found[name].high)
    return {name: float(np.mean(values)) for name, values in held.items()}


def test_coverage_is_near_95_percent():
    """Over p, phi, psi and numbers of labels; the full grid is benchmarks/audit_coverage.py."""
    cases = itertools.product((0.2, 0.5, 0.8), (0.3, 0.8), (0.1, 0.4), (64, 200))
    found = coverage(list(cases), sims=80)
    # of 1,920 audits 95% have a standard deviation of half a point
    for name, share in found.items():
        assert 0.935 <= share <= 0.968, (name, share)


def test_errors_of_labels_are_corrected():
    """A labeller who is right in nine of ten: 0.66 called right of what is kept is 0.7."""
    errors = LabelErrors(Measured(900, 1000), Measured(900, 1000))
    sides = verdict([10**6], [4000], [2640]), verdict([10**6], [4000], [1640])
    found = rates(*sides, rng=np.random.default_rng(0), errors=errors)
    assert found["kept_precision"].value == pytest.approx(0.7)
    assert found["p"].value == pytest.approx(1 - (0.7 + 0.3875) / 2)
    plain = rates(*sides, rng=np.random.default_rng(0))
    assert found["kept_precision"].high - found["kept_precision"].low > (
        plain["kept_precision"].high - plain["kept_precision"].low
    )


@pytest.mark.parametrize(("precision", "trials"), [(0.8, 60), (0.99, 60), (1.0, 200), (0.0, 60)])
def test_labels_with_errors_that_agree_leave_an_interval_that_holds_the_truth(precision, trials):
    """Twenty labels of each verdict, one in ten wrong: where all say right by chance, that is no proof."""
    rng, held, widths = np.random.default_rng(1), 0, []
    for _ in range(120):
        errors = LabelErrors(*(Measured(rng.binomial(trials, 0.9), trials) for _ in range(2)))
        right = rng.binomial(20, precision)
        called = rng.binomial(right, 0.9) + rng.binomial(20 - right, 0.1)
        found = rates(verdict([4000], [20], [called]), verdict([4000], [20], [6]), rng=rng, draws=400, errors=errors)
        one = found["kept_precision"]
        assert one.low - 1e-9 <= one.value <= one.high + 1e-9
        held += one.low - 1e-9 <= precision <= one.high + 1e-9
        widths.append(one.high - one.low)
    assert held >= 108  # 95% are 114
    assert min(widths) > 0.1
