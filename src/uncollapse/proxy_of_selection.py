"""phi, psi and p_* of a data set, from the candidates it was selected from and an oracle that knows the truth."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from uncollapse.errors import DataError
from uncollapse.proxy import Tally, estimate
from uncollapse.selection.judged import read_scores
from uncollapse.selection.select import choices
from uncollapse.selection.settings import DatasetSettings


def measure(
    candidates: Sequence[Path],
    scores: Sequence[Path],
    truth: Sequence[Path],
    settings: DatasetSettings,
    *,
    available: int,
    resamples: int,
) -> dict[str, list[str] | list[float | None]]:
    """Columns of the proxy artifact.

    The pool is every candidate that the selector could have kept: all of a beam for label selection, else the most
    probable one. ``size`` plays no part: a prompt beyond the size is not rejected, so it would have been kept.

    Parameters
    ----------
    scores : the selecting verifier's, empty where the selector needs none.
    truth : the oracle's scores of the same candidates, with a verdict: correct or wrong.
    """
    tally: Tally | None = None
    judged_truths = read_scores(truth)
    for (judged, rank, kept, _), (_, _, correct) in zip(
        choices(candidates, scores, settings.without_size(), available=available), judged_truths, strict=True
    ):
        if correct is None:
            raise DataError(
                f"{truth[0]}: the oracle gave no verdict; name a verifier that accepts or rejects in proxy.oracle"
            )
        width = judged.candidates.width if settings.select == "best" else 1
        chosen = kept[:, None] & (np.arange(width) == rank[:, None])
        group = Tally.of(correct[:, :width], chosen)
        tally = group if tally is None else tally + group
    assert tally is not None
    rows = estimate(tally, resamples=resamples, rng=np.random.default_rng(0))
    totals = tally.prompts @ tally.patterns  # wrong, correct, kept wrong, kept correct
    counts = {"prompts": tally.prompts.sum(), "candidates": totals[:2].sum(), "kept": totals[2:].sum()}
    return {
        "quantity": [*counts, *(row.quantity for row in rows)],
        "value": [*map(float, counts.values()), *(_known(row.value) for row in rows)],
        "low": [None] * len(counts) + [_known(row.low) for row in rows],
        "high": [None] * len(counts) + [_known(row.high) for row in rows],
    }


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
