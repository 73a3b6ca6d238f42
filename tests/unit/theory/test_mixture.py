"""The Gaussian-mixture simulations against independent slow versions: one setting at a time, loops, scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from uncollapse.theory.gaussian_mixture import (
    LabelFlips,
    class_accuracies,
    draw_mixture,
    selected_signs,
    survivor_counts,
)
from uncollapse.theory.linear_accuracy import label_accuracy
from uncollapse.theory.log_log_slope import log_log_slope
from uncollapse.theory.mixture_pruning import last_reaching, student_accuracy
from uncollapse.theory.supervised_pruning import LinearPair


@pytest.mark.parametrize(("case", "between"), [("symmetric", -0.4), ("skewed", 0.0)])
def test_mixture_fulfils_condition_d1(case, between):
    mixture = draw_mixture(n_points=60, dimension=40_000, mean_square=0.4, case=case, rng=np.random.default_rng(0))
    products = mixture.features @ mixture.features.T
    same = mixture.labels[:, None] == mixture.labels[None]
    np.testing.assert_allclose(np.diag(products), 1, atol=0.05)
    off_diagonal = ~np.eye(60, dtype=bool)
    np.testing.assert_allclose(products[same & off_diagonal], 0.4, atol=0.05)
    np.testing.assert_allclose(products[~same], between, atol=0.05)


def test_mixture_refuses_means_outside_the_unit_ball():
    with pytest.raises(ValueError, match="room for noise"):
        draw_mixture(n_points=5, dimension=3, mean_square=1.0, case="skewed", rng=np.random.default_rng(0))


def test_labels_are_wrong_and_kept_at_the_given_rates():
    rng = np.random.default_rng(1)
    labels = rng.random(200_000) < 0.5
    p, phi, psi = np.array([[0.1, 0.4]]), np.array([[0.9, 0.8]]), np.array([[0.3, 0.2]])
    signs = selected_signs(labels, LabelFlips.draw(200_000, rng), error_rate=p, phi=phi, psi=psi)[:, 0]
    for true_class in (0, 1):
        mine = signs[labels == bool(true_class)] * (2 * true_class - 1)
        correct = (1 - p[0, true_class]) * phi[0, true_class]
        wrong = p[0, true_class] * psi[0, true_class]
        assert np.mean(mine == 1) == pytest.approx(correct, abs=0.01)
        assert np.mean(mine == -1) == pytest.approx(wrong, abs=0.01)


def test_raising_the_error_rate_only_adds_wrong_labels():
    rng = np.random.default_rng(2)
    labels = rng.random(500) < 0.5
    rates = np.linspace(0, 1, 11)
    keep_all = np.ones(11)
    signs = selected_signs(labels, LabelFlips.draw(500, rng), error_rate=rates, phi=keep_all, psi=keep_all)
    wrong = signs * np.where(labels, 1, -1)[:, None] < 0
    assert np.all(wrong[:, 1:] >= wrong[:, :-1])
    assert wrong[:, -1].all()


def test_survivors_are_counted_as_a_loop_would():
    rng = np.random.default_rng(3)
    labels, signs = rng.random(80) < 0.5, rng.integers(-1, 2, (80, 3)).astype(float)
    counts = survivor_counts(labels, signs)
    for true_class in (0, 1):
        for label in (0, 1):
            slow = [
                sum(1 for i in range(80) if labels[i] == bool(true_class) and signs[i, s] == (1 if label else -1))
                for s in range(3)
            ]
            assert counts[f"n{true_class}{label}"].tolist() == slow


def slow_student(mixture, signs, penalty, rng):
    """Accuracy of one student by scikit-learn and a test set of fresh draws, judged by the Bayes classifier."""
    kept = signs != 0
    model = LogisticRegression(fit_intercept=False, C=1 / (penalty * len(signs)), tol=1e-8, max_iter=10_000)
    weights = model.fit(mixture.features[kept], signs[kept]).coef_[0]
    fresh = draw_mixture(
        n_points=40_000,
        dimension=mixture.features.shape[1],
        mean_square=float(mixture.means[1] @ mixture.means[1]),
        case="symmetric",
        rng=rng,
    )
    return np.mean((fresh.features @ weights > 0) == (fresh.features @ mixture.means[1] > 0)), weights


def test_student_accuracy_agrees_with_scikit_learn_and_a_test_set():
    rng = np.random.default_rng(4)
    mixture = draw_mixture(n_points=300, dimension=10, mean_square=0.1, case="symmetric", rng=rng)
    p = np.array([0.1, 0.4, 0.6])
    signs = selected_signs(mixture.labels, LabelFlips.draw(300, rng), error_rate=p, phi=p * 0 + 0.9, psi=p * 0 + 0.5)
    fast = student_accuracy(mixture, signs, penalty=1e-2)
    for column in range(3):
        slow, _ = slow_student(mixture, signs[:, column], 1e-2, rng)
        assert fast[column] == pytest.approx(slow, abs=0.015)


def test_class_accuracies_agree_with_fresh_draws():
    rng = np.random.default_rng(5)
    mixture = draw_mixture(n_points=200_000, dimension=6, mean_square=0.3, case="skewed", rng=rng)
    weights = rng.standard_normal((6, 2))
    said_one = mixture.features @ weights > 0
    exact = class_accuracies(mixture, weights)
    np.testing.assert_allclose(exact[1], said_one[mixture.labels].mean(axis=0), atol=0.006)
    np.testing.assert_allclose(exact[0], 1 - said_one[~mixture.labels].mean(axis=0), atol=0.006)


SMALL = {"sizes": [(20, 400)], "mean_square": 0.5, "penalty": 1e-2}


def test_curves_fall_at_the_breakdown_point_and_repeat_with_the_seed(simulated):
    arguments = SMALL | {"pruners": [(1.0, 1.0), (0.8, 0.2)], "error_rates": np.linspace(0, 1, 21), "trials": 3}
    table = simulated("mixture_curves", np.random.default_rng(6), **arguments)
    assert len(table) == 2 * 21 * 3
    assert set(table["trial"]) == {0, 1, 2}
    distance = table["error_rate"] - table["breakdown_point"]
    assert table.loc[distance < -0.15, "accuracy"].min() > 0.95
    assert table.loc[distance > 0.15, "accuracy"].max() < 0.05
    assert table.equals(simulated("mixture_curves", np.random.default_rng(6), **arguments))


def test_measured_breakdown_is_where_the_curve_of_the_same_training_set_crosses(simulated):
    arguments = SMALL | {"pruners": [(1.0, 0.5)], "trials": 1}
    found = simulated(
        "mixture_breakdown",
        np.random.default_rng(7),
        **arguments,
        fixed_dimension_sizes=[],
        levels=[0.9, 0.1],
        slack=0.1,
        bisections=12,
    ).set_index("level")["measured"]
    around = [found[0.9] - 0.01, found[0.9] + 0.01, found[0.1] - 0.01, found[0.1] + 0.01]
    same, _ = np.random.default_rng(7).spawn(2)  # that of what grows in d and N
    curve = simulated("mixture_curves", same, **arguments, error_rates=around)["accuracy"].to_numpy()
    assert curve[0] > 0.9 > curve[1]
    assert curve[2] > 0.1 > curve[3]


def test_last_reaching_returns_the_end_of_a_curve_that_never_falls():
    reached = last_reaching(lambda p: np.where(np.arange(2) == 0, 1.0, 1 - p), level=np.full(2, 0.5), bisections=20)
    np.testing.assert_allclose(reached, [1.0, 0.5], atol=1e-5)


def test_class_dependent_errors_learn_each_class_from_its_own_majority(simulated):
    table = simulated("survivors", np.random.default_rng(8), **SMALL, phi=1.0, psi=1.0, settings_per_trial=50, trials=2)
    table = table[table["case"] == "skewed"]
    clear = (table["n11"] - table["n10"]).abs() > 40
    assert ((table["n11"] > table["n10"]) == (table["accuracy_1"] > 0.5))[clear].all()
    assert clear.sum() > 50
    assert (table["error_rate_1"] > 0.5)[clear].mean() == pytest.approx(
        (table["n11"] < table["n10"])[clear].mean(), abs=0.1
    )


def test_linear_pair_labels_and_keeps_what_a_loop_would():
    pair = LinearPair(n_points=50, dimension=6, rng=np.random.default_rng(9))
    theta_gen, theta_prune, dihedral = np.array([0.7, 2.0]), np.array([0.3, 0.9]), np.array([0.0, 2.0])
    signs, rates = pair.select(theta_gen, theta_prune, dihedral)
    for s in range(2):
        generator = np.cos(theta_gen[s]) * pair.truth + np.sin(theta_gen[s]) * pair.generator_side
        side = np.cos(dihedral[s]) * pair.generator_side + np.sin(dihedral[s]) * pair.third
        verifier = np.cos(theta_prune[s]) * pair.truth + np.sin(theta_prune[s]) * side
        assert np.arccos(generator @ pair.truth) == pytest.approx(theta_gen[s])
        assert np.arccos(verifier @ pair.truth) == pytest.approx(theta_prune[s])
        wrong = kept_wrong = 0
        for i, x in enumerate(pair.features):
            label = 1 if x @ generator > 0 else -1
            keep = label * (x @ verifier) > 0
            assert signs[i, s] == (label if keep else 0)
            is_wrong = label * (x @ pair.truth) < 0
            wrong, kept_wrong = wrong + is_wrong, kept_wrong + (is_wrong and keep)
        assert rates.error_rate[s] == pytest.approx(wrong / 50)
        assert rates.psi[s] == pytest.approx(kept_wrong / wrong)


def test_students_of_linear_vectors_tend_to_the_bisector(simulated):
    table = simulated(
        "supervised_curves",
        np.random.default_rng(10),
        angle_sizes=[],
        vector_sizes=[(5, 20_000)],
        mean_square=0.5,
        penalty=1e-2,
        theta_prune=[0.4],
        dihedral=[1.0],
        error_rates=[0.2, 0.5, 0.8],
        trials=2,
    )
    np.testing.assert_allclose(table["accuracy"], table["limit_accuracy"], atol=0.02)
    np.testing.assert_allclose(table["measured_phi"], table["phi"], atol=0.03)
    np.testing.assert_allclose(table["measured_psi"], table["psi"], atol=0.03)


@pytest.mark.parametrize("mechanism", ["angles", "vectors"])
def test_supervised_breakdown_is_near_one_minus_the_verifier_angle(simulated, mechanism):
    table = simulated(
        "supervised_breakdown",
        np.random.default_rng(11),
        angle_sizes=[(20, 4000)] if mechanism == "angles" else [],
        vector_sizes=[(20, 4000)] if mechanism == "vectors" else [],
        mean_square=0.5,
        penalty=1e-2,
        theta_prune=[0.8],
        dihedral=[0.0, 1.5],
        bisections=9,
        trials=4,
    )
    assert table["measured"].mean() == pytest.approx(1 - 0.8 / np.pi, abs=0.03)


def test_gap_is_training_minus_test_accuracy_on_true_labels(simulated):
    arguments = {"dimension": 8, "separation": 1.0, "penalty": 1e-3, "error_rates": [0.2], "phi": 1.0, "psi": 0.5}
    small = simulated("margin_gap", np.random.default_rng(12), **arguments, sizes=[60], trials=200)
    large = simulated("margin_gap", np.random.default_rng(13), **arguments, sizes=[4000], trials=20)
    assert small["gap"].mean() > 0.01
    assert large["gap"].abs().mean() < small["gap"].abs().mean() / 2
    # With many points the training accuracy estimates the test accuracy that the formula gives.
    np.testing.assert_allclose(large["train_accuracy"], large["test_accuracy"], atol=0.03)
    assert large["test_accuracy"].max() <= label_accuracy(1.0, separation=1.0)


def test_log_log_slope_of_a_power_is_its_exponent():
    assert log_log_slope([10, 40, 1000], 3 * np.array([10.0, 40.0, 1000.0]) ** -0.7) == pytest.approx(-0.7)
