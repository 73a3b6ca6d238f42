"""Tables as HTML: nothing is cut, nothing is fetched, and rows that were not run fold away.

A table is as wide as its cells. Where its place is narrower than that (class ``fit-N``: N rem) its letters and the room
between cells are smaller, and where it is too narrow for those as well (class ``tight-N``), each line becomes a card
whose cells carry their heads. What was measured on a GPU stands in a table of its own below, since it is another task
or recipe, and lines without a number of ours stand in a third that is folded.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape

import pandas as pd

from uncollapse.analysis.formatting import ABSENT, MEANINGS, NOT_RUN, WideTable, widen
from uncollapse.analysis.table import ELSEWHERE, Table

_STEP, _WIDEST = 2, 120  # rem
_NARROW, _INTERVAL = 0.55, 0.88  # of a letter's width: a stop, a bracket or a blank; of its size: an interval's


@dataclass(frozen=True)
class Form:
    """A form of a table: its size in rem a letter and around a cell, and the sign of sorting in letters.

    longest : letters after which a label is broken
    """

    letter: float
    padding: float
    sign: float
    longest: int


_USUAL, _TIGHT = Form(0.56, 1.15, 1.5, 26), Form(0.5, 0.7, 0.0, 14)


@dataclass(frozen=True)
class Line:
    """A line's labels and cells, each cell its classes, its head in words and its HTML; ``group`` stands above it."""

    labels: Sequence[str]
    cells: Sequence[tuple[str, str, str]]
    group: str = ""


def to_html(comparison: pd.DataFrame, table: Table) -> str:
    """The HTML of a comparison: what was run, then what only the paper has, then what was measured on a GPU."""
    wide = widen(comparison, table)
    run = [line for line in wide.lines if _was_run(line[1], wide)]
    others = [line for line in wide.lines if not _was_run(line[1], wide)]
    elsewhere = any(ELSEWHERE in measures for _, measures in wide.columns)
    own = _without(wide, ELSEWHERE)
    parts = []
    if run:
        parts.append(_one(replace(own, lines=_lines(own, run, wide)), table, table.title))
    if others:
        paper = table.reported_value is not None
        count = f"{len(others)} more line{'s' if len(others) > 1 else ''}" if run else f"All {len(others)} lines"
        what = f"{count} {'were' if len(others) > 1 else 'was'} not run here"
        folded = _one(replace(own, lines=_lines(own, others, wide)), table, f"{table.title}: not run here")
        words = f"{what}: the paper's numbers" if paper else what
        parts.append(f'<details class="not-run"><summary>{words}</summary>\n{folded}\n</details>')
    if elsewhere:
        apart = _apart(wide)
        parts.append('<p class="soft apart">On a GPU, with other settings than this run\'s:</p>')
        parts.append(_one(apart, replace(table, repeats=""), f"{table.title}: on a GPU"))
    return "\n".join(parts)


def plain(
    heads: Sequence[str], lines: Iterable[Sequence[str]], *, caption: str, labels: int = 1, classes: str = "number"
) -> str:
    """A table of HTML cells under heads; the first ``labels`` cells of a line name it."""
    names = [escape(head) for head in heads]
    rows = [
        Line(
            labels=[*line[:labels]],
            cells=[("", name, cell) for name, cell in zip(names[labels:], line[labels:], strict=True)],
        )
        for line in lines
    ]
    text = [f'<th scope="col" class="text">{name}</th>' for name in names[:labels]]
    text += [f'<th scope="col">{name}</th>' for name in names[labels:]]
    return _table("".join(text), rows, heads[:labels], caption=caption, classes=classes)


def stacked(text: str) -> str:
    """HTML of ``66.4 [63.0, 69.8]`` with the interval in an element of its own (class ``interval``), to stand below."""
    value, bracket, rest = text.partition(" [")
    return f'{escape(value)} <span class="interval">[{escape(rest)}</span>' if bracket else escape(value)


def _was_run(cells: Sequence[Sequence[str]], wide: WideTable) -> bool:
    """Whether any cell has a number of ours or what a formula says."""
    return any(
        text not in (NOT_RUN, ABSENT, "")
        for (_, measures), texts in zip(wide.columns, cells, strict=True)
        for measure, text in zip(measures, texts, strict=True)
        if measure not in ("paper", ELSEWHERE)
    )


def _without(wide: WideTable, measure: str) -> WideTable:
    columns = tuple((name, tuple(one for one in measures if one != measure)) for name, measures in wide.columns)
    return replace(wide, columns=tuple(column for column in columns if column[1]))


def _lines(own: WideTable, lines: Sequence, wide: WideTable) -> tuple:  # type: ignore[type-arg]
    """Lines of the whole table, with the cells of ``own`` alone."""
    kept = dict(own.columns)
    return tuple(
        (
            labels,
            tuple(
                tuple(text for measure, text in zip(measures, texts, strict=True) if measure in kept[name])
                for (name, measures), texts in zip(wide.columns, cells, strict=True)
                if name in kept
            ),
            seeds,
        )
        for labels, cells, seeds in lines
    )


def _apart(wide: WideTable) -> WideTable:
    """The columns that were measured on a GPU alone, beside the paper's number."""
    columns = tuple(
        (name, tuple(measure for measure in measures if measure in (ELSEWHERE, "paper")))
        for name, measures in wide.columns
        if ELSEWHERE in measures
    )
    narrow = replace(wide, columns=columns)
    place = {name: measures.index(ELSEWHERE) for name, measures in wide.columns if ELSEWHERE in measures}
    of = [name for name, _ in wide.columns]
    lines = [line for line in wide.lines if any(line[1][of.index(name)][at] != ABSENT for name, at in place.items())]
    return replace(narrow, lines=_lines(narrow, lines, wide))


def _one(wide: WideTable, table: Table, caption: str) -> str:
    grouped = len(wide.row_heads) > 1 and len({labels[0] for labels, _, _ in wide.lines}) < len(wide.lines)
    named = any(column for column, _ in wide.columns)
    heads = wide.row_heads[1:] if grouped else wide.row_heads
    span = ' rowspan="2"' if named else ""
    measures = [(column, measure) for column, some in wide.columns for measure in some]
    head = [f'<th scope="col"{span}>{escape(name)}</th>' for name in heads]
    seeds = f'<th scope="col"{span} class="seeds">{escape(table.repeats)}</th>' if table.repeats else ""
    if named:
        head += [
            f'<th scope="colgroup" colspan="{len(some)}" class="group">{escape(column)}</th>'
            for column, some in wide.columns
        ]
        head.append(f"{seeds}</tr>\n<tr>")
    head += [f'<th scope="col" class="{_class(one)}" title="{MEANINGS[one]}">{one}</th>' for _, one in measures]
    if not named:
        head.append(seeds)
    lines = []
    for labels, cells, count in wide.lines:
        flat = [text for texts in cells for text in texts]
        shown = [
            (_class(measure) + (" absent" if text == NOT_RUN else ""), _head(column, measure), stacked(text))
            for (column, measure), text in zip(measures, flat, strict=True)
        ]
        if table.repeats:
            shown.append(("seeds", escape(table.repeats), escape(count)))
        group = f"{escape(wide.row_heads[0])} {escape(labels[0])}" if grouped else ""
        own = [escape(label) for label in (labels[1:] if grouped else labels)]
        lines.append(Line(labels=own, cells=shown, group=group))
    return _table("".join(head), lines, heads, caption=caption, classes="comparison")


def _table(head: str, lines: Sequence[Line], row_heads: Sequence[str], *, caption: str, classes: str) -> str:
    body, group = [], None
    for line in lines:
        if line.group and line.group != group:
            width = len(line.labels) + len(line.cells)
            start = "</tbody>\n<tbody>\n" if body else ""
            body.append(f'{start}<tr class="heading"><th colspan="{width}" scope="rowgroup">{line.group}</th></tr>')
        group = line.group
        texts = [
            f'<th scope="row" data-label="{escape(name)}">{label}</th>'
            for name, label in zip(row_heads, line.labels, strict=True)
        ]
        texts += [_cell(*cell) for cell in line.cells]
        body.append(f"<tr>{''.join(texts)}</tr>")
    fit, tight = _width(lines, _USUAL), _width(lines, _TIGHT)
    title = f'<caption class="unseen">{escape(caption)}</caption>'
    rows = "\n".join(body)
    return (
        f'<div class="wide"><table class="{classes} fit-{fit} tight-{tight}">{title}\n<thead>\n'
        f"<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _cell(classes: str, head: str, code: str) -> str:
    of_class = f' class="{classes}"' if classes else ""
    return f'<td{of_class} data-label="{head}">{code}</td>'


def _head(column: str, measure: str) -> str:
    return escape(f"{column}: {measure}" if column else measure)


def _width(lines: Sequence[Line], form: Form) -> int:
    """Width in rem that a table needs in a form, in steps."""
    if not lines:
        return _STEP
    letters = [4.0] * max(len(line.labels) + len(line.cells) for line in lines)
    for line in lines:
        for place, label in enumerate(line.labels):
            letters[place] = max(letters[place], _broken(label, form.longest))
        measures = Counter(name.rpartition(": ")[0] for _, name, _ in line.cells)
        for place, (_, name, code) in enumerate(line.cells, start=len(line.labels)):
            value, _, interval = code.partition('<span class="interval">')
            column, _, measure = name.rpartition(": ")
            above = column.split() if measures[column] == 1 else []  # else it has the room of several
            heads = [_extent(word) + form.sign for word in measure.split()] + [_extent(word) for word in above]
            texts = [_broken(value, form.longest), _INTERVAL * _broken(interval, form.longest)]
            letters[place] = max(letters[place], *heads, *texts)
    wanted = sum(form.letter * count + form.padding for count in letters)
    return min(_WIDEST, _STEP * math.ceil(wanted / _STEP))


def _broken(code: str, longest: float) -> float:
    """The width of HTML's text where it is broken after so many letters, as far as its words allow."""
    whole, word = _extents(code)
    return max(min(whole, longest), word)


@lru_cache(maxsize=4096)
def _extents(code: str) -> tuple[float, float]:
    """The widths of HTML's text and of its widest word in letters, about; each is asked for in two forms."""
    text = _seen(code)
    return _extent(text), max(map(_extent, text.split()), default=0.0)


def _extent(text: str) -> float:
    """The width of a text in letters, about."""
    return sum(_NARROW if letter in " .,:;()[]|" else 1.0 for letter in text)


def _seen(code: str) -> str:
    """The text of HTML, about: without its elements."""
    text, inside = [], False
    for letter in code:
        inside = letter == "<" or (inside and letter != ">")
        if not inside and letter != ">":
            text.append(letter)
    return "".join(text).strip()


def _class(measure: str) -> str:
    return measure.replace(" ", "-")
