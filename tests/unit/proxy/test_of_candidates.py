"""What counts as kept, and as a candidate, for each selector."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from uncollapse.artifacts.parquet import write_table
from uncollapse.artifacts.proxies import PROXY
from uncollapse.proxy.coverage import effective_share
from uncollapse.proxy.of_candidates import measure
from uncollapse.selection.sequences.random import RandomRows
from uncollapse.selection.settings import DatasetSettings

# six prompts, two candidates each; the selecting verifier errs, the oracle does not
CORRECT = np.array([[1, 0], [0, 1], [1, 1], [0, 0], [1, 0], [0, 1]], dtype=bool)
ACCEPTED = np.array([[1, 0], [1, 0], [0, 1], [0, 0], [1, 1], [0, 0]], dtype=bool)
SCORES = np.array([[2, 1], [1, 2], [0, 1], [1, 0], [1, 2], [2, 1]], dtype=float)
HARDNESS = np.arange(6.0)
Measure = Callable[..., dict[str, float | None]]


def _hardness(first: int, last: int) -> dict[str, np.ndarray]:
    return {"hardness": HARDNESS[first : last + 1]}


@pytest.fixture
def measured(tmp_path: Path, write_candidates: Callable[..., Path], write_scores: Callable[..., Path]) -> Measure:
    def run(correct: np.ndarray = CORRECT, **settings: Any) -> dict[str, float | None]:
        groups = [2, 4]
        candidates = [write_candidates(np.zeros((6, 2, 3)), np.zeros((6, 2)), groups=groups)]
        scores = [write_scores(SCORES, ACCEPTED, groups=groups)] if "verifier" in settings else []
        truth = [write_scores(np.zeros((6, 2)), correct, groups=groups, name="truth.parquet")]
        rows = measure(
            candidates, scores, truth, DatasetSettings(**settings), available=6, resamples=100, features=_hardness
        )
        write_table(tmp_path / "proxy.parquet", rows, PROXY)  # the columns fit the artifact
        return dict(zip(rows["quantity"], rows["value"], strict=True))  # type: ignore[arg-type]

    return run


def test_no_selection_keeps_every_first_candidate(measured: Measure) -> None:
    found = measured(select="all", decoding="beam2")
    assert (found["prompts"], found["candidates"], found["kept"]) == (6, 6, 6)
    assert (found["p"], found["phi"], found["psi"], found["p_star"]) == (0.5, 1.0, 1.0, 0.5)
    assert found["kept_precision"] == 0.5


def test_data_selection_chooses_among_first_candidates(measured: Measure) -> None:
    """Kept are prompts 0, 1 and 4; correct are 0, 2 and 4."""
    found = measured(select="correct", decoding="beam2", verifier="judge")
    assert (found["prompts"], found["candidates"], found["kept"]) == (6, 6, 3)
    assert found["p"] == 0.5
    assert found["phi"] == pytest.approx(2 / 3)
    assert found["psi"] == pytest.approx(1 / 3)
    assert found["p_star"] == pytest.approx(2 / 3)


def test_a_prompt_beyond_the_size_was_not_rejected(measured: Measure) -> None:
    settings = {"select": "correct", "decoding": "beam2", "verifier": "judge"}
    assert measured(**settings, size=1) == measured(**settings)


def test_label_selection_chooses_among_all_candidates(measured: Measure) -> None:
    """Kept are ranks 0, 1, 1, 0, 1, 0, of which 0, 1 and 2 are correct; 6 of 12 candidates are correct."""
    found = measured(select="best", decoding="beam2", verifier="judge")
    assert (found["prompts"], found["candidates"], found["kept"]) == (6, 12, 6)
    assert found["p"] == pytest.approx(6 / 12)
    assert found["phi"] == pytest.approx(3 / 6)
    assert found["psi"] == pytest.approx(3 / 6)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_random_selector_keeps_what_it_draws(measured: Measure, seed: int) -> None:
    found = measured(select="random", decoding="beam2", size=4, seed=seed)
    drawn = RandomRows(6, 4, seed=seed).take(6)
    assert (found["candidates"], found["kept"]) == (6, 4)
    assert found["phi"] == pytest.approx((drawn & CORRECT[:, 0]).sum() / 3)
    assert found["psi"] == pytest.approx((drawn & ~CORRECT[:, 0]).sum() / 3)


def test_what_is_undefined_is_null(measured: Measure) -> None:
    found = measured(np.ones_like(CORRECT), select="correct", decoding="beam2", verifier="judge")
    assert found["p"] == 0.0
    assert found["psi"] is None
    assert found["p_star"] is None


def test_the_effective_share_is_that_of_the_kept_prompts(measured: Measure) -> None:
    """Kept are prompts 0, 1 and 4 of six, each of a cell of its own."""
    found = measured(select="correct", decoding="beam2", verifier="judge")
    assert found["effective_share"] == pytest.approx(effective_share([1] * 6, [1, 1, 0, 0, 1, 0]))
    assert measured(select="all", decoding="beam2")["effective_share"] == pytest.approx(1.0)
