"""phi, psi and p_* of a text data set, where quality is graded: correct is what the oracle scores above tau.

Theorem 3.2 of Feng et al. 2024 speaks of right and wrong labels. A summary is neither, so tau draws the line; the
second version computes p_* for summaries (its Figure 5) without saying where. Here tau is the median score of the
generator's own candidates unless config says otherwise (then p is about one half), and p_* is given for other tau
beside it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from uncollapse.proxy.estimate import Tally, estimate
from uncollapse.selection.select_text import first_scores, kept_prompts
from uncollapse.selection.text_settings import TextDatasetSettings


def measure_texts(
    scores: Sequence[Path],
    truth: Sequence[Path],
    settings: TextDatasetSettings,
    *,
    prompts: int,
    threshold: Literal["median"] | float,
    thresholds: Sequence[float],
    resamples: int,
    count: Callable[..., None] | None = None,
) -> dict[str, list[Any]]:
    """Columns of TEXT_PROXY.

    Parameters
    ----------
    scores : the selecting verifier's, empty where the selector needs none.
    truth : the oracle's scores of the same candidates, the first one of each of ``prompts`` prompts.
    count : is told of every prompt, see :meth:`uncollapse.artifacts.parquet.ParquetWriter.count`.
    """
    quality = first_scores(truth, prompts=prompts)
    kept = kept_prompts(settings, scores, prompts=prompts)
    if count is not None:
        count(rows_in=prompts, kept=int(kept.sum()), dropped={"not kept": int((~kept).sum())})
    chosen = float(np.median(quality)) if threshold == "median" else float(threshold)
    columns: dict[str, list[Any]] = {}
    for number, tau in enumerate([chosen, *(tau for tau in thresholds if tau != chosen)]):
        for quantity, value, low, high in _quantities(quality > tau, kept, resamples=resamples):
            row = {
                "threshold": tau,
                "chosen": number == 0,
                "quantity": quantity,
                "value": value,
                "low": low,
                "high": high,
            }
            for name, entry in row.items():
                columns.setdefault(name, []).append(entry)
    return columns


def _quantities(
    correct: NDArray[np.bool_], kept: NDArray[np.bool_], *, resamples: int
) -> list[tuple[str, float | None, float | None, float | None]]:
    """Counts, then every estimate of :func:`uncollapse.proxy.estimate.estimate`; undefined values are None."""
    tally = Tally.of(correct[:, None], kept[:, None])
    rows: list[tuple[str, float | None, float | None, float | None]] = [
        ("candidates", float(len(kept)), None, None),
        ("kept", float(kept.sum()), None, None),
    ]
    for found in estimate(tally, resamples=resamples, rng=np.random.default_rng(0)):
        numbers = (None if np.isnan(number) else number for number in (found.value, found.low, found.high))
        rows.append((found.quantity, *numbers))  # type: ignore[arg-type]
    return rows
