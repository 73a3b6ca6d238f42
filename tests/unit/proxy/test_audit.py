"""Decisions of whole audits: every word where it belongs."""

from __future__ import annotations

import json

import numpy as np
import pytest

from uncollapse.errors import DataError
from uncollapse.proxy.audit import audit, row_weights
from uncollapse.proxy.report import lines
from uncollapse.proxy.tally import Candidates


def candidates(*, pool: float, phi: float, psi: float, number: int = 3000, seed: int = 0) -> Candidates:
    rng = np.random.default_rng(seed)
    right = rng.random(number) < pool
    return Candidates(rng.random(number) < np.where(right, phi, psi), right, prompts=np.arange(number) // 3)


def word(given: Candidates, **options) -> str:
    return audit(given, resamples=100, **options).decision.word


def test_words() -> None:
    assert word(candidates(pool=0.4, phi=0.8, psi=0.2)) == "GO"
    assert word(candidates(pool=0.2, phi=0.5, psi=0.4)) == "NO-GO"
    assert word(candidates(pool=0.5, phi=0.5, psi=0.5)) == "UNDECIDED"
    assert word(candidates(pool=0.5, phi=0.0, psi=0.0)) == "NO-GO"
    assert word(candidates(pool=1.0, phi=0.5, psi=0.5)) == "NOTHING TO SAY"
    assert word(candidates(pool=0.6, phi=1.0, psi=1.0)) == "NOTHING SELECTED"


@pytest.mark.parametrize("phi", [0.3, 0.9])
def test_a_judge_that_knows_nothing_is_no_go_however_good_the_generator(phi: float) -> None:
    found = audit(candidates(pool=0.8, phi=phi, psi=phi), resamples=100)
    assert found.decision.word == "UNDECIDED"
    assert "cannot be told from one that keeps at random" in found.decision.sentence


def test_an_inverted_judge_is_a_no_go_however_good_the_generator() -> None:
    found = audit(candidates(pool=0.85, phi=0.3, psi=0.6), resamples=100)
    assert found.decision.word == "NO-GO"
    assert "upside down" in found.decision.sentence
    assert found.rates["kept_precision"].low > 0.5
    assert found.lift.high < 0


@pytest.mark.parametrize(("pool", "said"), [(0.8, "passes"), (0.2, "does not pass"), (0.5, "cannot be told")])
def test_keeping_all_is_said_as_what_it_is(pool: float, said: str) -> None:
    found = audit(candidates(pool=pool, phi=1.0, psi=1.0), resamples=100)
    assert found.decision.word == "NOTHING SELECTED"
    assert said in found.decision.sentence
    assert not any("lift" in line for line in lines(found) if line.startswith(" "))


def test_more_can_be_asked_than_a_half() -> None:
    given = candidates(pool=0.4, phi=0.8, psi=0.2)  # 73% of what is kept is right
    assert word(given, least=0.6) == "GO"
    assert word(given, least=0.73) == "UNDECIDED"
    assert word(given, least=0.85) == "NO-GO"


def test_the_lift_is_kept_precision_minus_that_of_all() -> None:
    given = candidates(pool=0.4, phi=0.8, psi=0.2)
    found = audit(given, resamples=100)
    assert found.lift.value == pytest.approx(given.right[given.kept].mean() - given.right.mean())
    assert found.lift.low < found.lift.value < found.lift.high
    assert found.random.value == pytest.approx(given.right.mean())


def test_kept_prompts_that_no_longer_cover_the_pool_make_it_a_go_but() -> None:
    rng = np.random.default_rng(1)
    cell = np.arange(80_000) // 4 % 40
    right = rng.random(80_000) < 0.4
    odds = np.where(cell < 2, 0.9, 0.0003)
    given = Candidates(rng.random(80_000) < np.where(right, odds, odds / 4), right, prompts=np.arange(80_000) // 4)
    found = audit(given, cells=cell, features=("size",), resamples=100)
    assert found.decision.word == "GO-BUT"
    assert any("no longer covers the prompts" in warning for warning in found.decision.warnings)
    assert found.coverage.effective_share < 0.1 < 0.9 < found.coverage.thin
    even = audit(candidates(pool=0.4, phi=0.8, psi=0.2), cells=np.arange(3000) // 3 % 40, resamples=100)
    assert even.decision.word == "GO"
    assert even.coverage.effective_share > 0.8


def test_so_few_kept_prompts_that_coverage_cannot_be_told_are_said() -> None:
    cell, right = np.arange(2000) % 40, np.arange(2000) % 7 < 2
    few = audit(Candidates(right & (cell < 20) & (np.arange(2000) < 800), right), cells=cell, features=("size",),
                resamples=100)  # fmt: skip
    assert few.decision.word == "GO"
    assert few.coverage.effective_share > 0.1
    assert any("do not tell over so many cells" in line for line in lines(few))
    many = audit(Candidates(np.tile(right, 20), np.tile(right, 20)), cells=np.tile(cell, 20), features=("size",),
                 resamples=100)  # fmt: skip
    assert not any("do not tell over so many cells" in line for line in lines(many))


def test_a_slice_that_is_surely_wrong_makes_it_a_go_but() -> None:
    rng = np.random.default_rng(2)
    groups = np.arange(6000) % 4
    right = rng.random(6000) < np.array([0.6, 0.6, 0.6, 0.1])[groups]
    given = Candidates(rng.random(6000) < np.where(right, 0.9, 0.3), right)
    found = audit(given, sliced=[("topic", groups, list("abcd"))], resamples=100)
    assert found.decision.word == "GO-BUT"
    assert found.decision.warnings[0].startswith("where topic is d")


def test_candidates_without_a_label_count_for_what_is_kept_and_not_for_what_is_right() -> None:
    whole = candidates(pool=0.4, phi=0.8, psi=0.2, number=30_000)
    labelled = np.random.default_rng(3).random(30_000) < 0.1
    found = audit(Candidates(whole.kept, whole.right, labelled, whole.prompts), resamples=100)
    assert found.kept == whole.kept.sum()
    assert found.labels == labelled.sum()
    assert found.rates["kept_precision"].value == pytest.approx(whole.right[whole.kept & labelled].mean())
    every = audit(whole, resamples=100)
    for name in ("p", "phi", "psi", "p_star"):
        assert found.rates[name].value == pytest.approx(every.rates[name].value, abs=0.04)


def test_labels_of_kept_ones_alone_show_no_lift() -> None:
    whole = candidates(pool=0.4, phi=0.8, psi=0.2)
    found = audit(Candidates(whole.kept, whole.right, whole.kept, whole.prompts), resamples=100)
    assert found.decision.word == "UNDECIDED"
    assert "no dropped candidate has a label" in found.decision.sentence


def test_few_prompts_decide_nothing() -> None:
    given = Candidates(np.arange(400) % 2 == 0, np.arange(400) % 4 != 1, prompts=np.arange(400) // 100)
    found = audit(given, resamples=100)
    assert found.decision.word == "UNDECIDED"
    assert "labels of 4 prompts" in found.decision.sentence


def test_a_population_makes_rows_stand_for_more() -> None:
    given = Candidates(np.array([1, 1, 0], bool), np.array([1, 0, 1], bool))
    assert row_weights(given, (10, 500)).tolist() == [5, 5, 500]
    with pytest.raises(DataError, match="--population kept=K,dropped=D"):
        audit(given, population=(1, 500))


def test_best_of_n_that_keeps_more_is_refused() -> None:
    with pytest.raises(DataError, match="--kept-at-most 1"):
        audit(candidates(pool=0.4, phi=0.8, psi=0.2), most_kept=1)


def test_nothing_labelled_is_an_error() -> None:
    with pytest.raises(DataError, match="no candidate has a label"):
        audit(Candidates(np.ones(3, bool), np.zeros(3, bool), np.zeros(3, bool)))


def test_the_audit_is_plain_json() -> None:
    found = audit(candidates(pool=1.0, phi=0.5, psi=0.5), resamples=100).as_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["rates"]["psi"]["value"] is None
    assert found["decision"]["word"] == "NOTHING TO SAY"
