"""Rejection sampling in numbers: every selection's audit beside what its students and its random twin's became."""

import pandas as pd

from uncollapse.analysis.rejection_sampling import BASE, KEPT, RANDOM, SelectionRun
from uncollapse.analysis.table import Bounds, Layout, Row, Table
from uncollapse.proxy.decision import NOTHING_SELECTED
from uncollapse.statistics.estimate import Estimate

_QUANTITIES = {
    "p": "wrong candidates, p",
    "phi": "phi",
    "psi": "psi",
    "kept_precision": "kept precision",
    "p_star": "p*",
    "rows": "rows of a student",
    "in_common": "twin in common",
    "covered": "prompts covered",
    KEPT: "passes: student",
    RANDOM: "passes: twin's student",
    "over_twin": "over the twin",
    "over_base": "over the base model",
}
_BASE = "base model"
_KNOWN = ("p", "phi", "psi", "kept_precision", "p_star")

_COLUMNS = (
    "Before training: share of wrong candidates, share of right and of wrong ones that the verifier keeps, how much of "
    "what it keeps is right, p*, and the audit's decision; percent. Then rows that a student learns from, how many of "
    "them its random twin has too, and the effective share of the prompts, by how often they are solved, that is left. "
    "After: answers to held-out prompts that the reference accepts, percent, and differences in points."
)
_INTERVALS = (
    "Intervals before training are the audit's; after, they are over test prompts and seeds, each with train prompts "
    "of its own, the base model's over test prompts alone: those of the figure and the claims."
)
_OVER_SEEDS = (
    "Intervals of this table are over seeds alone, each with train prompts of its own, whose spread all selections "
    "share; those over test prompts as well are in the figure and the claims."
)

_OF_TWINS = {_QUANTITIES[name] for name in (RANDOM, "over_twin")}


def _exists(selection: str, decision: str, column: str) -> bool:
    """Whether there can be such a number: the base model has no audit, and a control is its own twin."""
    if selection == _BASE:
        return column == _QUANTITIES[KEPT]
    return decision != NOTHING_SELECTED.lower() or column not in _OF_TWINS


def _bounds(row: Row) -> Bounds:
    return (0.0, 100.0) if row["quantity"] in (*_KNOWN, KEPT, RANDOM) else None


def _caption(comparison: pd.DataFrame) -> str:
    """The columns in words and what intervals are over: tables that were kept before have them over seeds alone."""
    audits = comparison.loc[comparison["quantity"].isin(_KNOWN), "ours_low"]
    return f"{_COLUMNS} {_INTERVALS if audits.notna().any() else _OVER_SEEDS}"


TABLE = Table(
    title="Selections of answers: audit, and students beside those of random twins",
    source="p* of Feng et al. 2024",
    caption=_caption,
    keys=("selection", "decision", "quantity"),
    unit="percent, but rows",
    measures=("ours",),
    bounds=_bounds,
    layout=Layout(
        row_heads=("selection", "decision"),
        row_label=lambda row: (row["selection"].replace("_", " "), row["decision"]),
        column_label=lambda row: _QUANTITIES[row["quantity"]],
        column_order=lambda row: list(_QUANTITIES).index(row["quantity"]),
        exists=lambda labels, column: _exists(*labels, column),
    ),
)


def rows(
    *,
    passed: pd.DataFrame,
    selection_audits: pd.DataFrame,
    selection_decisions: pd.DataFrame,
    answer_selections: pd.DataFrame,
) -> pd.DataFrame:
    """selection, decision, quantity, seed, value, low, high; the base model has its pass rate alone."""
    run = SelectionRun(passed, selection_audits, selection_decisions, answer_selections)
    found = [(_BASE, "", KEPT, 0, *run.base_passes)]
    seeds = sorted({seed for _, arm, seed in run.rates if arm != BASE})
    for point in run.points:
        about = (point.selection, point.decision.lower())
        known = {name: Estimate(*(100 * end for end in point.known[name])) for name in _KNOWN}
        counts = {"rows": point.rows / len(seeds), "in_common": 100 * point.in_common, "covered": 100 * point.covered}
        known |= {name: Estimate(value) for name, value in counts.items()}
        found += [(*about, name, 0, *estimate) for name, estimate in known.items()]
        kept = {seed: float(run.rates[point.selection, KEPT, seed].mean()) for seed in seeds}
        after = {KEPT: (kept, run.passes(point.selection))}
        after["over_base"] = ({seed: rate - float(run.base.mean()) for seed, rate in kept.items()}, point.over_base)
        rates = {seed: run.rates.get((point.selection, RANDOM, seed)) for seed in seeds}
        if twins := {seed: float(rate.mean()) for seed, rate in rates.items() if rate is not None}:
            after[RANDOM] = (twins, run.passes(point.selection, RANDOM))
            gaps = {seed: kept[seed] - rate for seed, rate in twins.items()}
            after["over_twin"] = (gaps, point.over_twin)
        for name, (values, mean) in after.items():
            found += [(*about, name, seed, value, mean.low, mean.high) for seed, value in values.items()]
    return pd.DataFrame(found, columns=[*TABLE.keys, "seed", "value", "low", "high"]).dropna(subset=["value"])
