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

from uncollapse.proxy.estimate import Row, Tally, estimate, rows
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
    columns: dict[str, list[Any]] = {name: [] for name in ("threshold", "chosen", "quantity", "value", "low", "high")}
    for number, tau in enumerate([chosen, *(tau for tau in thresholds if tau != chosen)]):
        for row in _quantities(quality > tau, kept, resamples=resamples):
            for name, entry in zip(columns, (tau, number == 0, *row), strict=True):
                columns[name].append(entry)
    return columns


def _quantities(correct: NDArray[np.bool_], kept: NDArray[np.bool_], *, resamples: int) -> list[Row]:
    """Counts, then every estimate of :func:`uncollapse.proxy.estimate.estimate`; undefined values are None."""
    found = estimate(Tally.of(correct[:, None], kept[:, None]), resamples=resamples, rng=np.random.default_rng(0))
    return rows({"candidates": len(kept), "kept": kept.sum()}, found)
