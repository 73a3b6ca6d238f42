"""Limits of the theory of p_* for a pool, measured: prompts that are lost, candidates alike, quality that is graded."""

import math
from dataclasses import dataclass

import numpy as np

from uncollapse.candidate_tables.pool import Pool
from uncollapse.proxy import coverage
from uncollapse.proxy.audit import Coverage, covered
from uncollapse.proxy.tally import Candidates
from uncollapse.statistics.counted import counted

LOST = 0.5  # share of prompts of which nothing is kept, from which a GO is warned of
UNSURE = 0.05  # share of judged rows that are unsure, from which right or wrong does not fit
_Z = 1.96


@dataclass(frozen=True)
class Shift:
    """Difference between the prompts of what is kept and those of the pool.

    lost : share of prompts of which nothing is kept
    pass_rate, kept_pass_rate : mean share of a prompt's candidates that is kept, over all candidates and over kept ones
    prompts : prompts of which something is kept
    effective : prompts that the kept candidates are worth, (sum of k)^2 / sum of k^2 with k kept of a prompt
    """

    lost: float
    pass_rate: float
    kept_pass_rate: float
    prompts: int
    effective: float
    several: bool


def shift(pool: Pool) -> Shift:
    """Shift of the prompts by a selection."""
    number = int(pool.prompt.max()) + 1
    every = np.bincount(pool.prompt, minlength=number)
    kept = np.bincount(pool.prompt, pool.kept, minlength=number)
    rate, squares = pool.pass_rate, float((kept**2).sum())
    return Shift(
        lost=float((kept == 0).mean()),
        pass_rate=float(rate.mean()),
        kept_pass_rate=float(rate[pool.kept].mean()) if pool.kept.any() else math.nan,
        prompts=int((kept > 0).sum()),
        effective=float(kept.sum()) ** 2 / squares if squares else 0.0,
        several=bool(every.max() > 1),
    )


def cover(pool: Pool, features: list[str]) -> Coverage | None:
    """Coverage of the pool by the kept prompts, over their length and further columns of prompts."""
    if not pool.kept.any():
        return None
    cells, names = [], []
    if pool.prompt_length.any():
        cells.append(coverage.quantile_cells(pool.prompt_length.astype(np.float64), coverage.CUTS[0]))
        names.append("prompt length")
    for name in features:
        cells.append(pool.features[name].cells(coverage.CUTS[min(len(cells), 2)])[0])
        names.append(name)
    if not cells:
        return None
    known = Candidates(pool.kept, np.zeros(len(pool), dtype=bool), prompts=pool.prompt)
    return covered(known, None, tuple(names), coverage.crossed(cells))


def shift_warnings(found: Shift) -> list[str]:
    """Warnings that make a GO a GO-BUT."""
    if not found.several or found.lost < LOST:
        return []
    return [
        f"of {found.lost:.0%} of the prompts nothing is kept: a student is trained on the prompts that the generator"
        " can do, and will be asked all."
    ]


def notes(found: Shift, pool: Pool, precision: float, *, unsure: int, labels: int) -> list[str]:
    """Notes on what the numbers do not say."""
    told = []
    if found.several and pool.kept.any():
        told.append(
            f"difficulty: of {found.lost:.1%} of the prompts nothing is kept; a prompt's pass rate is"
            f" {found.pass_rate:.2f} on average over the pool and {found.kept_pass_rate:.2f} over what is kept."
        )
        kept = int(pool.kept.sum())
        if kept > found.prompts and 0 < precision < 1:
            half = _Z * math.sqrt(precision * (1 - precision) / found.effective)
            told.append(
                f"candidates of a prompt are right and wrong together: the {kept:,} kept are of"
                f" {counted(found.prompts, 'prompt')}, worth {found.effective:,.0f} of one candidate. The intervals"
                " are of this pool; for other"
                f" prompts of the same kind kept precision may lie up to {half:.3f} further off."
            )
    if unsure > UNSURE * max(unsure + labels, 1):
        told.append(
            f"{unsure:,} of {counted(unsure + labels, 'label')} {'is' if unsure == 1 else 'are'} unsure: right or"
            " wrong does not fit all of these candidates, and p_* is about two kinds. Unsure rows count as without a"
            " label."
        )
    return told
