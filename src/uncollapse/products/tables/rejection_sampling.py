"""Rejection sampling in numbers: every selection's audit beside what its students and its random twin's became."""

import pandas as pd

from uncollapse.analysis.rejection_sampling import BASE, KEPT, RANDOM, SelectionRun
from uncollapse.analysis.table import Layout, Table
from uncollapse.proxy.decision import NOTHING_SELECTED

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

_OF_TWINS = {_QUANTITIES[name] for name in (RANDOM, "over_twin")}


def _exists(selection: str, decision: str, column: str) -> bool:
    """Whether there can be such a number: the base model has no audit, and a control is its own twin."""
    if selection == _BASE:
        return column == _QUANTITIES[KEPT]
    return decision != NOTHING_SELECTED.lower() or column not in _OF_TWINS


TABLE = Table(
    title="Selections of answers: audit, and students beside those of random twins",
    source="p* of Feng et al. 2024",
    caption=(
        "Before training: share of wrong candidates, share of right and of wrong ones that the verifier keeps, how "
        "much of what it keeps is right, p*, and the audit's decision; percent. Then rows that a student learns from, "
        "how many of them its random twin has too, and the effective share of the prompts, by how often they are "
        "solved, that is left. After: answers to held-out prompts that the reference accepts, percent, and differences "
        "in points. The interval is over seeds, each with train prompts of its own, whose spread all selections share; "
        "those over test prompts as well are in the figure and the claims, and those of the audit beside it."
    ),
    keys=("selection", "decision", "quantity"),
    unit="percent, but rows",
    measures=("ours",),
    pooled=("quantity",),
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
    """selection, decision, quantity, seed, value; the base model has its pass rate alone."""
    run = SelectionRun(passed, selection_audits, selection_decisions, answer_selections)
    found = [(_BASE, "", KEPT, 0, float(run.base.mean()))]
    seeds = sorted({seed for _, arm, seed in run.rates if arm != BASE})
    for point in run.points:
        about = (point.selection, point.decision.lower())
        known = {name: 100 * point.known[name].value for name in _KNOWN}
        known |= {"rows": point.rows / len(seeds), "in_common": 100 * point.in_common, "covered": 100 * point.covered}
        found += [(*about, name, 0, value) for name, value in known.items()]
        for seed in seeds:
            kept = float(run.rates[point.selection, KEPT, seed].mean())
            found += [(*about, KEPT, seed, kept), (*about, "over_base", seed, kept - float(run.base.mean()))]
            if (twin := run.rates.get((point.selection, RANDOM, seed))) is not None:
                found += [
                    (*about, RANDOM, seed, float(twin.mean())),
                    (*about, "over_twin", seed, kept - float(twin.mean())),
                ]
    return pd.DataFrame(found, columns=[*TABLE.keys, "seed", "value"]).dropna()
