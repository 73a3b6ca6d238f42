"""Limits of the theory of p_* for a pool, measured: prompts that are lost, candidates alike, quality that is graded."""

from dataclasses import dataclass

import numpy as np

from uncollapse.candidate_tables.pool import Pool
from uncollapse.proxy import coverage
from uncollapse.proxy.audit import Coverage, covered
from uncollapse.proxy.kept_prompts import (
    KeptPrompts,
    few_warnings,
    kept_prompts,
    lost_warnings,
    margin_warnings,
)
from uncollapse.proxy.tally import Candidates
from uncollapse.statistics.counted import counted
from uncollapse.statistics.estimate import Estimate

UNSURE = 0.05  # share of judged rows that are unsure, from which right or wrong does not fit


@dataclass(frozen=True)
class Shift:
    """Difference between the prompts of what is kept and those of the pool.

    prompts : of the pool and of what is kept; those of one id, or of one text, are one
    ids : prompts by id
    pass_rate, kept_pass_rate : mean share of a prompt's candidates that is kept, over all candidates and over kept ones
    """

    prompts: KeptPrompts
    ids: int
    pass_rate: float
    kept_pass_rate: float


def shift(pool: Pool) -> Shift:
    """Shift of the prompts by a selection."""
    rate = pool.pass_rate
    return Shift(
        prompts=kept_prompts(pool.asked, pool.kept),
        ids=int(pool.prompt.max()) + 1,
        pass_rate=float(rate.mean()),
        kept_pass_rate=float(rate[pool.kept].mean()) if pool.kept.any() else float("nan"),
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
    known = Candidates(pool.kept, np.zeros(len(pool), dtype=bool), prompts=pool.asked)
    return covered(known, None, tuple(names), coverage.crossed(cells))


def shift_warnings(found: Shift, precision: Estimate, least: float) -> list[str]:
    """Warnings that make a GO a GO-BUT; ``precision`` is of what is kept of this pool."""
    few = few_warnings(found.prompts, least)
    margin = [] if few else margin_warnings(found.prompts, precision.value, precision.low, least)
    return [*few, *margin, *lost_warnings(found.prompts)]


def notes(found: Shift, pool: Pool, precision: float, *, unsure: int, labels: int) -> list[str]:
    """Notes on what the numbers do not say."""
    told = []
    of = found.prompts
    if of.prompts < found.ids:
        told.append(
            f"{counted(found.ids, 'prompt')} by {pool.roles.prompt_id or pool.roles.prompt} have"
            f" {counted(of.prompts, 'text')}: those of one text, spaces and capitals aside, are one prompt, and are"
            " counted so here."
        )
    if of.several and pool.kept.any():
        told.append(
            f"difficulty: of {of.lost:.1%} of the prompts nothing is kept; a prompt's pass rate is"
            f" {found.pass_rate:.2f} on average over the pool and {found.kept_pass_rate:.2f} over what is kept."
        )
        kept = int(pool.kept.sum())
        if kept > of.kept and precision == precision:
            told.append(
                f"candidates of a prompt are right and wrong together: the {kept:,} kept are of"
                f" {counted(of.kept, 'prompt')}, worth {of.effective:,.0f} of one candidate. The intervals"
                " are of this pool; for other"
                f" prompts of the same kind kept precision may lie up to {of.margin(precision):.3f} further down."
            )
    if unsure > UNSURE * max(unsure + labels, 1):
        told.append(
            f"{unsure:,} of {counted(unsure + labels, 'label')} {'is' if unsure == 1 else 'are'} unsure: right or"
            " wrong does not fit all of these candidates, and p_* is about two kinds. Unsure rows count as without a"
            " label."
        )
    return told
