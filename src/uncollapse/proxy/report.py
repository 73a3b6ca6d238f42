"""An audit in words."""

from collections.abc import Iterator

import pandas as pd

from uncollapse.proxy.audit import Audit
from uncollapse.proxy.plan import Plan
from uncollapse.proxy.slices import LEAST_SHARE, Slice
from uncollapse.statistics.counted import counted
from uncollapse.statistics.estimate import Estimate

_SHOWN = 20  # slices


def lines(audit: Audit) -> Iterator[str]:
    """Lines of an audit, every quantity with its 95% interval, and last the decision."""
    some = "" if audit.labels == audit.kept + audit.dropped else f", {counted(audit.labels, 'label')}"
    if some:
        some += f" ({audit.kept_labels:,.0f} of kept ones)"
    rows = f"{counted(audit.candidates, 'candidate')} of {counted(audit.prompts, 'prompt')}"
    if round(audit.kept + audit.dropped) == audit.candidates:
        yield f"{rows}, {audit.kept:,.0f} kept ({audit.kept_share:.1%}){some}"
    else:
        total = audit.kept + audit.dropped
        yield f"{rows}, which stand for {total:,.0f}, {audit.kept:,.0f} kept ({audit.kept_share:.1%}){some}"
    for quantity, found in audit.rates.items():
        yield _line(quantity, found)
    if audit.kept and audit.dropped:
        yield _line("gap", audit.gap, " to the precision of what is dropped")
        yield _line("lift", audit.lift, " over keeping all")
        chance = f" over random of the same size, whose precision is {_number(audit.random.value)}"
        if audit.random.low < audit.random.high:
            chance += f" (95% of draws: {audit.random.low:.4f} to {audit.random.high:.4f})"
        yield _line("", Estimate(audit.lift.value), chance)
    for name, powered in audit.powered.items():
        worth = "" if powered.worth != powered.worth else f"; worth {powered.worth:.1f} times the labels"
        yield _line(
            f"{name} (prediction-powered)", powered.powered, f"  by labels alone {_short(powered.labels)}{worth}"
        )
    yield from _slices(audit.slices)
    if audit.coverage is not None:
        cover = audit.coverage
        yield (
            f"Of {counted(cover.cells, 'cell')} of {' and '.join(cover.features)} the kept prompts cover an effective"
            f" share of {cover.effective_share:.3f}; {cover.thin:.0%} of the pool lie in cells kept at less than a"
            " quarter of their part."
        )
        if not cover.tells:
            yield (
                "  So few kept prompts do not tell over so many cells: with nothing kept in half of the pool it would"
                f" still be {cover.if_half_were_lost:.3f}. Name fewer features, or judge more prompts."
            )
    if audit.kept_prompts is not None and audit.kept_prompts.several:
        found = audit.kept_prompts
        yield (
            f"What is kept is of {found.kept:,} of {counted(found.prompts, 'prompt')}, worth {found.effective:,.1f} of"
            " one candidate."
        )
    yield from (f"Note: {note}" for note in audit.notes)
    yield from audit.decision.lines()


def _line(name: str, found: Estimate, behind: str = "") -> str:
    interval = f"  [{found.low:.4f}, {found.high:.4f}]" if found.low < found.high else ""
    return f"  {name:<15} {_number(found.value)}{interval}{behind}"


def _number(value: float) -> str:
    return "unknown" if value != value else f"{value:.4f}"


def _short(found: Estimate) -> str:
    if found.value != found.value:
        return "no label"
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def exact_number(value: float) -> str:
    """A number as short as it can be read back to the last digit: a threshold is given again as it is printed.

    >>> exact_number(2.0), exact_number(1e-05), exact_number(2 / 3)
    ('2', '1e-05', '0.6666666666666666')
    """
    return short if float(short := f"{value:g}") == value else repr(float(value))


def _slices(found: list[Slice]) -> Iterator[str]:
    for column in dict.fromkeys(one.column for one in found):
        of_column = [one for one in found if one.column == column]
        yield f"Kept precision by {column} (intervals hold together; * surely below a half):"
        for one in of_column[:_SHOWN]:
            mark = " *" if one.surely_below_a_half else ""
            small = f", below {LEAST_SHARE:.0%}: no warning" if one.share < LEAST_SHARE else ""
            yield f"  {one.value:<24} {_short(one.precision)}  {one.share:.1%} of the kept{small}{mark}"
        if len(of_column) > _SHOWN:
            yield f"  and {len(of_column) - _SHOWN} smaller ones"


def sweep_table(sweep: pd.DataFrame, sign: float = 1.0) -> str:
    """A sweep as it is printed; ``sign`` -1 turns thresholds back where lower scores are kept."""
    shown = sweep.drop(columns=["phi", "psi"]).assign(threshold=sign * sweep["threshold"])
    shown["passes"] = ["" if one is pd.NA else "yes" if one else "no" for one in sweep["passes"]]
    names = {"kept_precision": "precision", "breakdown_point": "p_star"}
    shown = shown.rename(
        columns={name: name.replace(*pair) for name in shown for pair in names.items() if pair[0] in name}
    )
    return shown.to_string(index=False, float_format=lambda value: f"{value:.4f}")


def plan_lines(found: Plan, *, precision: float, least: float, power: float) -> Iterator[str]:
    """Lines of a plan."""
    yield (
        f"{counted(found.for_precision, 'label')} of kept candidates, one a prompt, show with a chance of {power:.0%}"
        f" that more than {least:g} of them are right, if {precision:g} are (exact test, error 2.5%)."
    )
    if found.kept is None or found.dropped is None:
        yield "A GO takes the lift over keeping all too: --dropped-precision says how many labels, and where."
        return
    yield (
        f"GO (precision and lift, both with that chance): {counted(found.kept, 'label')} of kept and"
        f" {found.dropped:,} of dropped candidates, {found.kept + found.dropped:,} in all."
    )
    if found.at_random is not None:
        yield f"Labels at random among all candidates: {found.at_random:,} for as much."
    yield (
        "Label one candidate a prompt, drawn at random among the kept and among the dropped, and tell the audit how"
        " many there are of both: --population kept=K,dropped=D."
    )
