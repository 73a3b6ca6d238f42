"""Two labellers: agreement as scikit-learn has it, and errors that are found again."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from uncollapse.audits.labellers import FEWEST, compared
from uncollapse.errors import DataError

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "labeller_errors.py"
specification = importlib.util.spec_from_file_location("labeller_errors", BENCHMARK)
labeller_errors = importlib.util.module_from_spec(specification)
specification.loader.exec_module(labeller_errors)


def labels(number, error, seed):
    rng = np.random.default_rng(seed)
    truth = rng.random(number) < 0.6
    return truth ^ (rng.random(number) < error), truth ^ (rng.random(number) < error)


def test_agreement_and_kappa():
    first, second = labels(200, 0.15, 0)
    found = compared(first, second, [str(n) for n in range(200)])
    assert found.agreement.value == (first == second).mean()
    assert found.kappa.value == pytest.approx(cohen_kappa_score(first, second))
    assert found.kappa.low < found.kappa.value < found.kappa.high
    assert [int(key) for key in found.disagreed] == np.flatnonzero(first != second).tolist()


@pytest.mark.parametrize("error", [0.02, 0.1, 0.2])
def test_errors_are_found_again_with_their_uncertainty(error):
    found, trials = [], []
    for seed in range(120):
        one = compared(*labels(300, error, seed), [""] * 300)
        found.append(one.error)
        if (errors := one.errors()) is not None:
            trials.append(errors.sensitivity.trials)
    assert np.mean(found) == pytest.approx(error, abs=0.004)
    # as if measured on so many: the variance of the estimate is e (1 - e) / trials
    assert np.std(found) == pytest.approx(np.sqrt(error * (1 - error) / np.median(trials)), rel=0.25)


def test_labellers_who_never_differ_have_no_errors():
    first, _ = labels(60, 0.0, 1)
    found = compared(first, first, [""] * 60)
    assert (found.error, found.errors(), found.disagreed) == (0.0, None, ())


def test_errors_of_one_kind_are_no_go():
    """At a precision of a half, 5% of right ones called wrong and 20% of wrong ones called right look like 57%."""
    rng = np.random.default_rng(2)
    found = [labeller_errors.passes(rng, 400, 0.5, 0.5, 0.05, 0.2, 1.0) for _ in range(60)]
    alike, unwarned = np.sum(found, axis=0)
    assert alike > 30
    assert unwarned <= 4  # at 2.5% five or more have a chance of 2%


def test_good_labels_are_a_go_without_a_warning():
    rng = np.random.default_rng(3)
    found = [labeller_errors.passes(rng, 100, 0.75, 0.5, 0.03, 0.03, 1.0) for _ in range(20)]
    assert np.sum(found, axis=0)[1] >= 17


def test_labellers_who_guess_tell_nothing():
    number = np.arange(100)
    found = compared(number % 2 == 0, number % 4 < 2, [""] * 100)
    with pytest.raises(DataError, match="may tell nothing"):
        found.errors()


def test_few_rows_are_refused():
    with pytest.raises(DataError, match=f"19 rows have a label of both labellers: it takes {FEWEST}"):
        compared(np.ones(19, bool), np.ones(19, bool), [""] * 19)


def test_noise_is_taken_off_p_star():
    """Two labellers who are wrong in 15% of rows: uncorrected p* is far off, corrected it holds the truth."""
    from uncollapse.audits.intervals import rates, verdict

    rng = np.random.default_rng(3)
    precision, rest = 0.85, 0.25
    p, phi = 1 - (precision + rest) / 2, precision / (precision + rest)
    truth = phi / (phi + (1 - precision) / 2 / p)
    held = {"as they are": 0, "corrected": 0}
    for _ in range(120):
        right = {True: rng.random(150) < precision, False: rng.random(150) < rest}
        first, second = ({kept: one ^ (rng.random(150) < 0.15) for kept, one in right.items()} for _ in range(2))
        both = compared(np.concatenate([*first.values()]), np.concatenate([*second.values()]), [""] * 300)
        sides = [verdict([10_000], [150], [int(first[kept].sum())]) for kept in (True, False)]
        for name, errors in (("as they are", None), ("corrected", both.errors())):
            found = rates(*sides, rng=rng, draws=800, errors=errors)["p_star"]
            held[name] += found.low <= truth <= found.high
    assert held["as they are"] < 30
    assert held["corrected"] >= 105  # 95% are 114
