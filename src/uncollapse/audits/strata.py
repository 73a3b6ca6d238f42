"""Strata of an audit, the verifier's verdict crossed with its score, and which candidates are drawn of each.

Every candidate of a verdict has the same chance of being drawn: the rows that a stratum's share amounts to are rounded
at random (systematic sampling; Madow 1949), so that a mean over labels needs no weights. Within a stratum those are
drawn whose hash, of the seed and the id, is least: neither the order of the file nor the number drawn changes who
comes first, and drawing more goes on where the first draw ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidate_tables.pool import Pool
from uncollapse.proxy.coverage import quantile_cells
from uncollapse.randomness.hashing import uniforms

BINS = 5  # of the score, within a verdict
ROWS_A_BIN = 8  # at the least: fewer say little of a stratum's spread


@dataclass(frozen=True)
class Stratum:
    """Candidates of one verdict whose score lies from ``low`` to ``high`` (None without a score).

    population, drawn : how many there are, and how many of them are on the sheet
    """

    kept: bool
    low: float | None
    high: float | None
    population: int
    drawn: int

    def as_json(self) -> dict[str, Any]:
        """The stratum with the chance of each of its candidates to be on the sheet."""
        return {
            "verdict": "kept" if self.kept else "dropped",
            "low": self.low,
            "high": self.high,
            "population": self.population,
            "drawn": self.drawn,
        }


def named(verdict: str, low: float | None, high: float | None) -> str:
    """A stratum in words.

    >>> named("kept", 0.5, 1.0), named("kept", 1.0, 1.0), named("dropped", None, None)
    ('kept, score 0.5 to 1', 'kept, score 1', 'dropped')
    """
    if low is None or high is None:
        return verdict
    return f"{verdict}, score {low:g}" + (f" to {high:g}" if high > low else "")


def strata_of(pool: Pool, rows: int) -> tuple[NDArray[np.int64], list[tuple[bool, float | None, float | None]]]:
    """(N,) stratum of each candidate, and each stratum's verdict and lowest and highest score.

    Strata are cut for so many rows, half of them kept; those of kept candidates come first, in the order of the score.
    """
    stratum = np.zeros(len(pool), dtype=np.int64)
    found: list[tuple[bool, float | None, float | None]] = []
    for kept in (True, False):
        inside = np.flatnonzero(pool.kept == kept)
        if not len(inside):
            continue
        if pool.score is None or not np.isfinite(pool.score[inside]).any():
            stratum[inside] = len(found)
            found.append((kept, None, None))
            continue
        score = _finite(pool.score[inside])
        cells = quantile_cells(score, max(1, min(BINS, rows // 2 // ROWS_A_BIN)))
        cells = np.unique(cells, return_inverse=True)[1]
        stratum[inside] = len(found) + cells
        for cell in range(int(cells.max()) + 1):
            of_cell = score[cells == cell]
            found.append((kept, float(of_cell.min()), float(of_cell.max())))
    return stratum, found


def _finite(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores with the least in place of missing ones and of minus infinity, and the largest of infinity."""
    known = score[np.isfinite(score)]
    return np.nan_to_num(score, nan=known.min(), posinf=known.max(), neginf=known.min())


def shared(sizes: Sequence[int], total: int, *, start: float) -> NDArray[np.int64]:
    """How many (H,) of each stratum are drawn, ``total`` in all: its share, rounded down or up at random.

    Parameters
    ----------
    start : a draw from U[0, 1), which makes every candidate's chance the same

    Examples
    --------
    >>> shared([70, 20, 10], 5, start=0.3).tolist(), shared([70, 20, 10], 5, start=0.9).tolist()
    ([3, 1, 1], [4, 1, 0])
    """
    if total > sum(sizes):
        raise ValueError(f"{total} of {sum(sizes)}")
    ends = np.concatenate([[0], np.cumsum(sizes)]) * (total / max(sum(sizes), 1))
    ends[-1] = total
    return np.diff(np.floor(ends + start + 1e-9)).astype(np.int64)


def halves(kept: int, dropped: int, rows: int) -> tuple[int, int]:
    """How many rows are of kept and of dropped candidates: half each, or all that there are of one.

    >>> halves(1000, 1000, 101), halves(10, 1000, 100)
    ((51, 50), (10, 90))
    """
    of_kept = min(kept, max(rows - rows // 2, rows - dropped))
    return of_kept, min(dropped, rows - of_kept)


def drawn(
    pool: Pool,
    stratum: NDArray[np.int64],
    wanted: tuple[int, int],
    *,
    seed: int,
    before: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Numbers of the candidates that are drawn, in random order.

    Parameters
    ----------
    stratum : (N,) of each candidate, see :func:`strata_of`
    wanted : how many of the kept and of the dropped
    before : (H,) how many of each stratum were drawn by earlier draws with this seed, which are left out
    """
    number = int(stratum.max()) + 1
    sizes = np.bincount(stratum, minlength=number)
    kept = np.zeros(number, dtype=bool)
    kept[stratum] = pool.kept
    done = np.zeros(number, dtype=np.int64) if before is None else before
    counts = np.zeros(number, dtype=np.int64)
    for verdict, total in zip((True, False), wanted, strict=True):
        start = np.random.default_rng([seed, int(verdict), int(done.sum())]).random()
        counts[kept == verdict] = shared((sizes - done)[kept == verdict].tolist(), total, start=start)
    chance = uniforms(seed, pool.id.view(np.int64))
    order = np.lexsort([chance, stratum])
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    taken = np.flatnonzero((rank >= done[stratum]) & (rank < (done + counts)[stratum]))
    return taken[np.argsort(uniforms(seed + 1, pool.id[taken].view(np.int64)))]
