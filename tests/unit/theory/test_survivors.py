"""The survivor-majority propositions: their equations against a direct fit of prototypes, and what follows."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import fsolve
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from uncollapse.theory.survivors import fixed_point, majority_agreement

COUNTS = {"n11": [60, 10, 5], "n10": [40, 90, 1], "n01": [30, 20, 50], "n00": [70, 5, 49]}


@pytest.mark.parametrize(("a", "b"), [(0.5, -0.5), (0.5, 0.0), (0.3, 0.1)])
def test_fixed_point_solves_equation_43(a, b):
    gamma = 7.0
    fitted, other = fixed_point(COUNTS, same_class=a, other_class=b, penalty_total=gamma)
    for s in range(3):
        n11, n10, n01, n00 = (COUNTS[key][s] for key in ("n11", "n10", "n01", "n00"))

        def equations(x, n11=n11, n10=n10, n01=n01, n00=n00):
            p, q = x
            first = (a * n11 + b * n01 - a * (n11 + n10) * p - b * (n01 + n00) * q) / gamma
            second = (b * n11 + a * n01 - b * (n11 + n10) * p - a * (n01 + n00) * q) / gamma
            return p - expit(first), q - expit(second)

        np.testing.assert_allclose(equations((fitted[s], other[s])), 0, atol=1e-9)
        np.testing.assert_allclose(fsolve(equations, (0.5, 0.5)), (fitted[s], other[s]), atol=1e-6)


def test_fixed_point_is_the_fit_of_prototypes():
    a, gamma = 0.5, 4.0
    features = np.repeat(np.sqrt(a) * np.eye(2), [100, 100], axis=0)
    labels = np.array([1] * 60 + [0] * 40 + [1] * 30 + [0] * 70)
    model = LogisticRegression(fit_intercept=False, C=1 / gamma, tol=1e-10).fit(features, labels)
    probability = model.predict_proba(np.sqrt(a) * np.eye(2))[:, 1]
    counts = {"n11": [60], "n10": [40], "n01": [30], "n00": [70]}
    fitted, other = fixed_point(counts, same_class=a, other_class=0.0, penalty_total=gamma)
    np.testing.assert_allclose([fitted[0], other[0]], probability, atol=1e-6)


def test_majorities_decide_the_fixed_point():
    rng = np.random.default_rng(0)
    counts = {key: rng.integers(0, 200, 300) for key in COUNTS}
    gamma = rng.uniform(0.5, 50, 300)
    fitted, other = fixed_point(counts, same_class=0.4, other_class=0.0, penalty_total=gamma)
    decided = (counts["n11"] != counts["n10"]) & (counts["n01"] != counts["n00"])
    assert np.array_equal((fitted > 0.5)[decided], (counts["n11"] > counts["n10"])[decided])
    assert np.array_equal((other < 0.5)[decided], (counts["n00"] > counts["n01"])[decided])
    fitted, other = fixed_point(counts, same_class=0.4, other_class=-0.4, penalty_total=gamma)
    balance = counts["n11"] + counts["n00"] - counts["n10"] - counts["n01"]
    assert np.array_equal((fitted > 0.5)[balance != 0], (balance > 0)[balance != 0])
    np.testing.assert_allclose(other, 1 - fitted, atol=1e-8)


def test_agreement_sees_a_run_that_contradicts_the_proposition_and_leaves_ties_out():
    runs = pd.DataFrame(
        {
            "n00": [5, 5, 3],
            "n01": [1, 1, 2],
            "n10": [1, 1, 2],
            "n11": [5, 5, 1],
            "accuracy_0": [1, 0.1, 1],
            "accuracy_1": [1, 0.1, 1],
        }
    )
    both = majority_agreement(runs, case="symmetric")
    assert both["agrees"].tolist() == [True, False]
    assert both["majority"].tolist() == [8, 8]
    assert both["majority_share"].tolist() == pytest.approx([8 / 12, 8 / 12])
    skewed = majority_agreement(runs, case="skewed")
    assert skewed[skewed["condition"] == "class 1"]["agrees"].tolist() == [True, False, False]
