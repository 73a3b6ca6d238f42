"""The generator's own confidence as a verifier."""

from __future__ import annotations

import math

import numpy as np
import pytest

from uncollapse.candidates.sequences import Candidates
from uncollapse.verifiers.sequences import perplexity

# two tokens each, so that log 9 and log 100 are perplexities of 3 and 10
CANDIDATES = Candidates(
    prompt_id=np.arange(1),
    tokens=np.zeros((1, 3, 2), dtype=np.int16),
    log_prob=np.array([[0.0, -math.log(9), -math.log(100)]], dtype=np.float32),
)


def _scored(highest: float | None) -> tuple[np.ndarray, np.ndarray | None]:
    settings = perplexity.Settings(highest=highest)
    return perplexity.score(CANDIDATES, None, task=None, task_settings=None, settings=settings)  # type: ignore[arg-type]


def test_scores_are_minus_the_perplexity_per_token() -> None:
    scores, accepted = _scored(None)
    np.testing.assert_allclose(scores, [[-1.0, -3.0, -10.0]], rtol=1e-6)
    assert accepted is None


@pytest.mark.parametrize(
    ("highest", "accepted"), [(1.5, [True, False, False]), (3.1, [True, True, False]), (11, [True] * 3)]
)
def test_a_verdict_where_a_limit_is_given(highest: float, accepted: list[bool]) -> None:
    found = _scored(highest)[1]
    assert found is not None
    assert found.tolist() == [accepted]
