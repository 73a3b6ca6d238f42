"""A verifier that errs at given rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from uncollapse.candidates.sequences import Candidates
from uncollapse.proxy.estimate import breakdown_point
from uncollapse.verifiers.finding import load_verifier
from uncollapse.verifiers.sequences import noisy


class Task:
    """Every other candidate is wrong."""

    @staticmethod
    def error(tokens: np.ndarray, prompts: object, settings: object) -> np.ndarray:
        return np.broadcast_to(np.arange(tokens.shape[1]) % 2.0, tokens.shape[:2])


def _score(settings: noisy.Settings, *, first: int = 0, prompts: int = 20_000, width: int = 2) -> Any:
    candidates = Candidates(
        prompt_id=np.arange(first, first + prompts),
        tokens=np.zeros((prompts, width, 1), dtype=np.int16),
        log_prob=np.zeros((prompts, width), dtype=np.float32),
    )
    return noisy.score(candidates, None, task=Task, task_settings=None, settings=settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(("phi", "psi"), [(0.8, 0.1), (0.5, 0.5), (1.0, 0.0), (0.0, 1.0)])
def test_it_accepts_at_its_rates(phi: float, psi: float) -> None:
    scores, accepted = _score(noisy.Settings(tolerance=0.5, phi=phi, psi=psi))
    right, wrong = accepted[:, 0].mean(), accepted[:, 1].mean()
    assert right == pytest.approx(phi, abs=0.015)
    assert wrong == pytest.approx(psi, abs=0.015)
    assert breakdown_point(right, wrong) == pytest.approx(phi / (phi + psi), abs=0.02)
    np.testing.assert_array_equal(scores, accepted.astype(float))


def test_draws_belong_to_prompt_rank_and_seed() -> None:
    settings = noisy.Settings(tolerance=0.5, phi=0.5, psi=0.5)
    whole = _score(settings, prompts=1000)[1]
    np.testing.assert_array_equal(_score(settings, first=600, prompts=400)[1], whole[600:])
    np.testing.assert_array_equal(_score(settings, prompts=1000, width=1)[1], whole[:, :1])
    other = _score(settings.model_copy(update={"seed": 1}), prompts=1000)[1]
    assert 0.4 < (other == whole).mean() < 0.6
    assert 0.4 < (whole[:, 0] == whole[:, 1]).mean() < 0.6


def test_the_best_is_the_most_probable_that_it_accepts() -> None:
    scores, accepted = _score(noisy.Settings(tolerance=0.5, phi=0.3, psi=0.3), prompts=500, width=5)
    chosen = scores.argmax(1)
    for row, rank in zip(accepted, chosen, strict=True):
        assert rank == (row.argmax() if row.any() else 0)


@pytest.mark.parametrize("change", [{"phi": 1.1}, {"psi": -0.1}, {"tolerance": 0}, {"rate": 1}, {"seed": -1}])
def test_impossible_settings_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        load_verifier("noisy", of="sequences").Settings(**({"tolerance": 0.1, "phi": 0.5, "psi": 0.5} | change))
