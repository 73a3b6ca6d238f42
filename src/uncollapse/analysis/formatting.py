"""A comparison as people read it, as wide Markdown; :mod:`uncollapse.report.html_table` makes HTML of it.

| beam width | 2%: ours          | best | paper | seeds |
| 5          | 87.5 [84.0, 91.0] | 89.1 | 79.3  | 3     |
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from uncollapse.analysis.table import ELSEWHERE, Table

NOT_RUN = "not run"
ABSENT = "\N{EN DASH}"
WHERE_KNOWN = ("paper", ELSEWHERE)  # measures that a column shows only if it has one
MEANINGS = {
    "ours": "mean with its 95% interval",
    "best": "best seed",
    "predicted": "what the formula says",
    "paper": "printed in the paper",
    ELSEWHERE: "ours on a GPU, at another scale, mean over seeds: workflow/measured/ says on which, with what settings",
}


@dataclass(frozen=True)
class WideTable:
    """Text cells: per line its labels, one text per measure of every column, seeds.

    A cell of ours without a number says that it was not run; where there is no such setting, or no number to print, it
    is an en dash, and without a run there is no best seed (""). ``columns`` are (label, measures): a column for which
    the paper has no number, or for which nothing was measured on a GPU, shows the other measures only.
    """

    row_heads: tuple[str, ...]
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    lines: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...], str], ...]


def number(value: float, decimals: int = 1) -> str:
    """A number as text with a true minus sign; a null is an en dash.

    >>> number(66.44), number(-0.04)
    ('66.4', '0.0')
    """
    if pd.isna(value):
        return ABSENT
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "\N{MINUS SIGN}")


def interval(value: float, low: float, high: float, decimals: int = 1) -> str:
    """``66.4 [63.0, 69.8]``, or the bare value where there is no interval."""
    if pd.isna(value) or pd.isna(low) or pd.isna(high):
        return number(value, decimals)
    return f"{number(value, decimals)} [{number(low, decimals)}, {number(high, decimals)}]"


def measured(value: float, low: float, high: float) -> str:
    """An interval with as many decimals as it is worth: two digits of its width, at least one decimal, at most four.

    >>> measured(66.44, 63.0, 69.8), measured(0.0022, -0.0029, 0.0074), measured(0.94, 0.94, 0.94)
    ('66.4 [63.0, 69.8]', '0.002 [−0.003, 0.007]', '0.940 [0.940, 0.940]')
    """
    ends = [end for end in (low, high) if end is not None and not pd.isna(end)]
    width = max(ends) - min(ends) if ends else 0.0
    width = width if width > 1e-9 * abs(value or 0.0) else 0.0  # a width of rounding errors is none
    scale = width or abs(value or 0.0) / 10
    decimals = 1 if scale == 0 else min(4, max(1, 1 - math.floor(math.log10(scale))))
    return interval(value, low if ends else math.nan, high if ends else math.nan, decimals)


def widen(comparison: pd.DataFrame, table: Table) -> WideTable:
    """Lay a comparison out as ``table.layout`` says; an error if two of its rows fall into one cell.

    Lines that share their first label stand together.
    """
    layout = table.layout
    cells: dict[tuple[str, ...], dict[str, dict[str, str]]] = {}
    seeds: dict[tuple[str, ...], list[int]] = {}
    order: dict[str, object] = {}
    known: set[tuple[str, str]] = set()
    for row in comparison.to_dict("records"):
        label, column = tuple(layout.row_label(row)), layout.column_label(row)
        order.setdefault(column, layout.column_order(row) if layout.column_order else len(order))
        line = cells.setdefault(label, {})
        if column in line:
            raise ValueError(f"{table.source}: two rows share the cell {label} / {column!r}")
        ran = row["seeds"] > 0
        decimals = layout.decimals(row) if callable(layout.decimals) else layout.decimals
        ours = interval(row["ours_mean"], row["ours_low"], row["ours_high"], decimals) if ran else NOT_RUN
        line[column] = {
            "ours": ours,
            "best": number(row["ours_best"], decimals) if ran else "",
            "predicted": number(row.get("predicted"), decimals),
        }
        for measure, value in zip(WHERE_KNOWN, (row["paper"], row.get("measured")), strict=True):
            line[column][measure] = number(value, decimals)
            if not pd.isna(value):
                known.add((column, measure))
        seeds.setdefault(label, []).append(int(row["seeds"]))
    measures = (*table.measures, ELSEWHERE)
    columns = [
        (column, tuple(m for m in measures if m not in WHERE_KNOWN or (column, m) in known))
        for column in sorted(order, key=order.__getitem__)
    ]
    groups = list(dict.fromkeys(label[0] for label in cells))
    lines = []
    for label in sorted(cells, key=lambda label: groups.index(label[0])):
        texts = tuple(
            tuple(cells[label].get(column, _nothing(table, label, column))[measure] for measure in measures)
            for column, measures in columns
        )
        lines.append((label, texts, _span(seeds[label])))
    return WideTable(layout.row_heads, tuple(columns), tuple(lines))


def to_markdown(comparison: pd.DataFrame, table: Table) -> str:
    """Title, aligned pipe table and caption."""
    wide = widen(comparison, table)
    heads = [*wide.row_heads]
    for column, measures in wide.columns:
        heads += [f"{column}: ours [95%]" if column else "ours [95%]", *measures[1:]]
    heads.append(table.repeats)
    body = [[*labels, *(text for cell in cells for text in cell), seeds] for labels, cells, seeds in wide.lines]
    widths = [max(len(line[position]) for line in [heads, *body]) for position in range(len(heads))]
    left = len(wide.row_heads)

    def line(texts: Sequence[str]) -> str:
        padded = [
            text.ljust(width) if position < left else text.rjust(width)
            for position, (text, width) in enumerate(zip(texts, widths, strict=True))
        ]
        return "| " + " | ".join(padded) + " |"

    rule = ["-" * width if position < left else "-" * (width - 1) + ":" for position, width in enumerate(widths)]
    text = "\n".join([line(heads), line(rule), *(line(texts) for texts in body)])
    return f"# {table.title}\n\n{table.source}; values in {table.unit}.\n\n{text}\n\n{table.caption_of(comparison)}\n"


def _nothing(table: Table, label: tuple[str, ...], column: str) -> dict[str, str]:
    """The texts of a cell without a row: our part was not run, or there is no such setting."""
    exists = table.layout.exists is None or table.layout.exists(label, column)
    absent = dict.fromkeys(("predicted", *WHERE_KNOWN), ABSENT)
    return absent | {"ours": NOT_RUN if exists else ABSENT, "best": ""}


def _span(counts: Sequence[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low}" if low == high else f"{low} to {high}"
