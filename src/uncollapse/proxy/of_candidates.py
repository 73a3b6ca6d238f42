"""phi, psi and p_* of a data set, from the candidates it was selected from and an oracle that knows the truth."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import read_judged
from uncollapse.errors import ArtifactError, DataError
from uncollapse.proxy.coverage import CUTS, crossed, effective_share, quantile_cells
from uncollapse.proxy.estimate import Tally, estimate, rows
from uncollapse.selection.select import choices
from uncollapse.selection.settings import DatasetSettings
from uncollapse.statistics.estimate import Estimate


def measure(
    candidates: Sequence[Path],
    scores: Sequence[Path],
    truth: Sequence[Path],
    settings: DatasetSettings,
    *,
    available: int,
    resamples: int,
    features: Callable[[int, int], Mapping[str, NDArray[np.float64]]],
    count: Callable[..., None] | None = None,
) -> dict[str, list[str] | list[float | None]]:
    """Columns of the proxy artifact.

    The pool is every candidate that the selector could have kept: all of a beam for label selection, else the most
    probable one. ``size`` plays no part: a prompt beyond the size is not rejected, so it would have been kept.

    Parameters
    ----------
    scores : the selecting verifier's, empty where the selector needs none.
    truth : the oracle's scores of the same candidates, with a verdict: correct or wrong.
    features : numbers that describe the prompts from one id to another, both included, those by which coverage is
        measured first; see :mod:`uncollapse.proxy.coverage`.
    count : is told of every candidate of the pool, see :meth:`uncollapse.artifacts.parquet.ParquetWriter.count`.

    Raises
    ------
    ArtifactError
        Where candidates, scores and truth do not belong together, or there are none.
    DataError
        Where the oracle gives no verdict.
    """
    tally: Tally | None = None
    seen: list[tuple[NDArray[np.bool_], list[NDArray[np.float64]]]] = []
    # the oracle's scores are checked against the candidates like any verifier's
    truths = read_judged(candidates, truth)
    everything = settings.selector.POOL == "all"
    for choice, true in zip(choices(candidates, scores, settings, available=available), truths, strict=True):
        if true.accepted is None:
            raise DataError(f"{truth[0]}: proxy.oracle gives no verdict; name a verifier that does")
        width = choice.group.candidates.width if everything else 1
        chosen = np.arange(width) == choice.rank[:, None]
        group = Tally.of(true.accepted[:, :width], chosen)
        tally = group if tally is None else tally + group
        ids = choice.group.prompt_id
        seen.append((choice.kept, list(features(int(ids[0]), int(ids[-1])).values())))
        if count is not None:
            count(rows_in=chosen.size, kept=int(chosen.sum()), dropped={"not kept": int((~chosen).sum())})
    if tally is None:
        raise ArtifactError(f"{candidates[0]}: no candidates; rerun labelling")
    found = estimate(tally, resamples=resamples, rng=np.random.default_rng(0))
    totals = tally.prompts @ tally.patterns  # wrong, correct, kept wrong, kept correct
    counts = {"prompts": tally.prompts.sum(), "candidates": totals[:2].sum(), "kept": totals[2:].sum()}
    table = rows(counts, found | {"effective_share": Estimate(_effective_share(seen))})
    return {name: [row[place] for row in table] for place, name in enumerate(("quantity", "value", "low", "high"))}


def _effective_share(seen: list[tuple[NDArray[np.bool_], list[NDArray[np.float64]]]]) -> float:
    """The effective share of the kept prompts, from who is kept and features of every group of prompts."""
    kept = np.concatenate([group for group, _ in seen])
    features = [np.concatenate(values) for values in zip(*(each for _, each in seen), strict=True)]
    place = crossed([quantile_cells(values, count) for values, count in zip(features, CUTS[:2], strict=False)])
    return effective_share(np.bincount(place), np.bincount(place[kept], minlength=place.max() + 1))
