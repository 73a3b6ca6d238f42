"""A GO of few prompts: whatever its labels say, a warning goes with it."""

from __future__ import annotations

import numpy as np
import pytest

from uncollapse.proxy.audit import audit
from uncollapse.proxy.kept_prompts import fewest, kept_prompts, margin_warnings
from uncollapse.proxy.report import lines
from uncollapse.proxy.tally import Candidates


def perfect(*, prompts: int, kept: int, width: int = 8) -> Candidates:
    """All candidates of some prompts are right and kept, those of the others wrong and dropped."""
    prompt = np.repeat(np.arange(prompts), width)
    return Candidates(prompt < kept, prompt < kept, prompts=prompt)


@pytest.mark.parametrize(("kept", "word"), [(6, "GO-BUT"), (9, "GO-BUT"), (10, "GO")])
def test_a_go_of_fewer_prompts_than_an_interval_takes_is_a_go_but(kept: int, word: str) -> None:
    found = audit(perfect(prompts=kept + 7, kept=kept, width=100), resamples=100)
    assert found.decision.word == word
    assert any(f"worth {kept:.1f} of one candidate: of fewer than 10" in one for one in found.decision.warnings) is (
        kept < 10
    )


def test_rows_of_one_prompt_among_many_are_worth_little_more_than_one() -> None:
    prompt = np.r_[np.zeros(1000, int), np.arange(1, 31)]
    found = kept_prompts(prompt, np.ones(1030, bool))
    assert (found.kept, found.lost) == (31, 0.0)
    assert found.effective == pytest.approx(1030**2 / (1000**2 + 30))


@pytest.mark.parametrize(("kept", "warned"), [(700, True), (9_999, True), (10_001, False)])
def test_kept_rows_of_less_than_half_of_the_prompts_are_warned_of(kept: int, warned: bool) -> None:
    found = audit(perfect(prompts=20_000, kept=kept), resamples=100)
    assert found.decision.word == ("GO-BUT" if warned else "GO")
    assert any("of the prompts nothing is kept" in one for one in found.decision.warnings) is warned
    assert f"What is kept is of {kept:,} of 20,000 prompts, worth {kept:,.1f} of one candidate." in lines(found)


def test_kept_rows_that_lie_on_a_few_of_the_kept_prompts_are_warned_of() -> None:
    """Of every prompt one of a hundred is kept, and of ten of a thousand all."""
    prompt = np.repeat(np.arange(1000), 100)
    kept = (np.arange(100_000) % 100 == 0) | (prompt < 12)
    found = audit(Candidates(kept, kept, prompts=prompt), resamples=100)
    assert found.decision.word == "GO-BUT"
    assert any("an effective share of 0.0" in one for one in found.decision.warnings)


def test_one_candidate_a_prompt_and_samples_of_a_pool_say_nothing_of_lost_prompts() -> None:
    kept = np.arange(400) < 40
    assert audit(Candidates(kept, kept), resamples=100).decision.word == "GO"
    several = Candidates(kept, kept, prompts=np.arange(400) // 2)
    assert audit(several, resamples=100).decision.word == "GO-BUT"
    assert audit(several, resamples=100, population=(4000, 36_000)).decision.word == "GO"


def test_more_prompts_are_asked_for_where_more_precision_is() -> None:
    given = perfect(prompts=80, kept=45)
    assert audit(given, least=0.5, resamples=100).decision.word == "GO"
    assert audit(given, least=0.9, resamples=100).decision.word == "GO-BUT"
    assert (fewest(0.5), fewest(0.9), fewest(0.1)) == (10, 50, 50)


@pytest.mark.parametrize("prompts", [10, 40, 200])
def test_with_the_margin_precision_passes_for_other_prompts_as_seldom_as_it_should(prompts: int) -> None:
    """All candidates of a prompt are alike, a half of the prompts right: the pool's own precision is known."""
    rng = np.random.default_rng(prompts)
    found = kept_prompts(np.repeat(np.arange(prompts), 5), np.ones(5 * prompts, bool))
    passed = [not margin_warnings(found, one, one, 0.5) for one in rng.binomial(prompts, 0.5, 4000) / prompts]
    assert 0.001 < np.mean(passed) < 0.031
    assert np.mean([one > 0.5 for one in rng.binomial(prompts, 0.5, 4000) / prompts]) > 0.3  # without it


def test_rows_without_prompts_are_each_of_one_of_its_own() -> None:
    rng = np.random.default_rng(5)
    kept, weight = rng.random(300) < 0.3, rng.uniform(1, 9, 300)
    for given in (None, weight):
        own, numbered = kept_prompts(None, kept, given), kept_prompts(np.arange(300), kept, given)
        assert vars(own) == pytest.approx(vars(numbered))
    assert kept_prompts(None, kept, weight).effective < kept.sum()
