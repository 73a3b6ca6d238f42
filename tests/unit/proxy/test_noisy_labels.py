"""Labels with errors: corrected right on average, and no more false GOs than with right labels."""

from __future__ import annotations

import numpy as np
import pytest

from uncollapse.errors import DataError
from uncollapse.proxy.exact import ERROR, Share
from uncollapse.proxy.noisy_labels import CorrectedShare, LabelErrors, Measured


def share_of(right: int, number: int) -> Share:
    return Share(np.array([1, 0]), np.array([0, 1]), np.array([right, number - right]), most=1)


def audits(runs: int, precision: float, number: int, sensitivity: float, specificity: float, measured: int):
    """Shares of audits that pass one half: corrected, and as if labels were right."""
    rng = np.random.default_rng(0)
    corrected = plain = 0
    for _ in range(runs):
        yes = rng.binomial(number, precision * sensitivity + (1 - precision) * (1 - specificity))
        errors = LabelErrors(
            Measured(rng.binomial(measured, sensitivity), measured),
            Measured(rng.binomial(measured, specificity), measured),
        )
        corrected += CorrectedShare(share_of(yes, number), errors).chance_of_at_most(0.5) <= ERROR
        plain += share_of(yes, number).chance_of_at_most(0.5) <= ERROR
    return corrected / runs, plain / runs


def test_false_gos_at_a_precision_of_45_in_100() -> None:
    """2,000 labels, 20% false positives, 5% false negatives: docs/proxy.md has 400 audits."""
    corrected, plain = audits(100, 0.45, 2000, 0.95, 0.80, 200)
    assert corrected == 0
    assert plain > 0.75


def test_false_gos_at_the_limit() -> None:
    """Of 200 audits 2.5% are five; twelve would be a chance of 0.2%."""
    assert audits(200, 0.5, 300, 0.95, 0.80, 100)[0] <= 12 / 200


def test_a_good_selection_is_still_found() -> None:
    assert audits(50, 0.65, 2000, 0.95, 0.80, 200)[0] > 0.9


def test_correction_turns_the_labellers_errors_round() -> None:
    errors = LabelErrors(Measured(190, 200), Measured(160, 200))
    for precision in (0.1, 0.5, 0.93):
        observed = precision * 0.95 + (1 - precision) * 0.20
        assert errors.corrected(observed) == pytest.approx(precision)
    assert errors.corrected(0.01) == 0  # less than the false positives alone


def test_labels_known_to_be_right_change_nothing() -> None:
    errors = LabelErrors(Measured(10**7, 10**7), Measured(10**7, 10**7))
    share = share_of(70, 100)
    assert CorrectedShare(share, errors).interval() == pytest.approx(share.interval(), abs=1e-4)


def test_the_interval_holds_the_value_and_is_wider() -> None:
    errors = LabelErrors(Measured(95, 100), Measured(85, 100))
    found, plain = CorrectedShare(share_of(140, 200), errors).interval(), share_of(140, 200).interval()
    assert found.low < found.value < found.high
    assert found.high - found.low > plain.high - plain.low


@pytest.mark.parametrize("text", ["0.95", "5/3", "a/b", "1.2:100", "0.9:0", "", "3/4/5", "-1/4"])
def test_a_share_without_its_number_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="190/200"):
        Measured.read(text)


def test_labels_that_may_tell_nothing_are_refused() -> None:
    with pytest.raises(DataError, match="may tell nothing"):
        LabelErrors(Measured(11, 20), Measured(12, 20))
