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
from uncollapse.selection.select_text import all_scores, choose_texts
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
    truth : the oracle's scores of the same candidates of ``prompts`` prompts.
    count : is told of every candidate that the selector could have kept, see
        :meth:`uncollapse.artifacts.parquet.ParquetWriter.count`.
    """
    quality = all_scores(truth, prompts=prompts).scores
    if settings.selector.POOL == "first":
        quality = quality[:, :1]
    rank = choose_texts(settings, scores, prompts=prompts).rank
    kept = np.arange(quality.shape[1]) == rank[:, None]
    if count is not None:
        count(rows_in=kept.size, kept=int(kept.sum()), dropped={"not kept": int((~kept).sum())})
    chosen = float(np.median(quality)) if threshold == "median" else float(threshold)
    columns: dict[str, list[Any]] = {name: [] for name in ("threshold", "chosen", "quantity", "value", "low", "high")}
    for number, tau in enumerate([chosen, *(tau for tau in thresholds if tau != chosen)]):
        for row in _quantities(quality > tau, kept, resamples=resamples):
            for name, entry in zip(columns, (tau, number == 0, *row), strict=True):
                columns[name].append(entry)
    return columns


def _quantities(correct: NDArray[np.bool_], kept: NDArray[np.bool_], *, resamples: int) -> list[Row]:
    """Counts of candidates (N, W), then every estimate of :func:`uncollapse.proxy.estimate.estimate`.

    Undefined values are None.
    """
    found = estimate(Tally.of(correct, kept), resamples=resamples, rng=np.random.default_rng(0))
    return rows({"candidates": kept.size, "kept": kept.sum()}, found)
