"""Preference pairs: of each prompt the best candidate by the verifier against the worst."""

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidate_tables.pool import Pool
from uncollapse.errors import DataError
from uncollapse.row_selection.rules import place_in_prompt

ALONE, TIE, CLOSE = "a prompt with one candidate", "a tie of the best and the worst", "a difference below the margin"


def pairs(pool: Pool, *, margin: float = 0.0) -> tuple[NDArray[np.int64], dict[str, int]]:
    """Numbers (P, 2) of the best and the worst candidate of each prompt, and how many prompts have no pair, by reason.

    By the score where there is one, else by the verdict; among equals the lower sample number counts.

    Parameters
    ----------
    margin : the least difference of their scores

    Raises
    ------
    DataError
        Where there is neither a score nor a verdict.
    """
    if pool.score is not None:
        value = pool.better
    elif pool.roles.kept is not None:
        value = pool.kept.astype(np.float64)
    else:
        raise DataError(f"{pool.path}: pairs go by a score or a verdict: name a column with --score or --kept")
    known = np.isfinite(value)
    number = int(pool.prompt.max()) + 1
    best, worst = np.full(number, -1), np.full(number, -1)
    for found, keys in ((best, -value), (worst, value)):
        first = known & (place_in_prompt(pool, np.nan_to_num(keys), among=known) == 0)
        found[pool.prompt[first]] = np.flatnonzero(first)
    several = np.bincount(pool.prompt, known, number) > 1
    there = several & (best >= 0)
    gap = np.zeros(number)
    gap[there] = value[best[there]] - value[worst[there]]
    kept = there & (gap > 0) & (gap >= margin)
    counts = {
        ALONE: int((~several).sum()),
        TIE: int((there & (gap == 0)).sum()),
        CLOSE: int((there & (gap > 0) & (gap < margin)).sum()),
    }
    return np.stack([best[kept], worst[kept]], axis=1), counts
