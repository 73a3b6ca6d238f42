"""The declaration of a table module about itself: its key columns, its unit, and how people should see it.

A module in ``products/tables`` holds ``TABLE``, a :class:`Table`, and ``rows(...)``, which turns artifacts into a
seed-level frame: ``TABLE.keys``, then ``seed`` and ``value`` (in the paper's unit). The parameters of ``rows`` are
named after the frames they need. Everything else (comparison, Markdown, HTML) is generic and reads ``TABLE``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, Any]
ELSEWHERE = "on a GPU"  # the head of numbers that were measured there, at another scale
NOTE = "note_elsewhere"  # what a comparison's ``attrs`` and its file call a sentence about these
End = Literal["max", "min"]
Bounds = tuple[float, float] | None
# fields that tables of one quantity share
ACCURACY: dict[str, Any] = {"reported_value": "accuracy_percent", "unit": "%", "bounds": (0.0, 100.0)}
PERPLEXITY: dict[str, Any] = {"unit": "perplexity", "best": "min", "bounds": (1.0, float("inf")), "logarithms": True}
SHARE: dict[str, Any] = {"unit": "percent", "bounds": (0.0, 100.0)}


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A tidy table's wide form: one line per ``row_label``, one group of columns per ``column_label``.

    Both functions get a row's key values and return text (``row_label`` one text per entry of ``row_heads``). Lines and
    columns keep the order in which they first appear, unless ``column_order`` gives a sort key for the columns. A cell
    without a row was not run, unless ``exists`` says of a line's texts and a column's that there is no such setting.
    """

    row_heads: tuple[str, ...]
    row_label: Callable[[Row], tuple[str, ...]]
    column_label: Callable[[Row], str]
    column_order: Callable[[Row], Any] | None = None
    exists: Callable[[tuple[str, ...], str], bool] | None = None
    decimals: int | Callable[[Row], int] = 1


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of a paper: where its reported numbers are keyed, what they measure, and how to lay it out.

    ``caption`` is text, or a function of the comparison where it depends on what was run. ``keys`` and
    ``reported_value`` are columns of the reported CSV (no ``reported_value`` where no paper prints such a
    table); ``best`` says which end of the seeds the paper would call the best; ``bounds`` are the possible values of
    the quantity, in its unit; where columns hold different quantities, both are functions of a row's key values.
    ``measures`` are shown side by side; ``repeats`` names what the interval is over. ``ours_first`` puts rows that we
    ran before those that only the paper has. ``pooled`` names keys: settings that are alike in them share one spread
    over seeds, unless spreads differ (:mod:`uncollapse.statistics.replicates`); by default each has its own.
    ``logarithms``: seeds are compared as logarithms, and ours is their geometric mean.
    """

    title: str
    caption: str | Callable[["pd.DataFrame"], str]
    source: str
    keys: tuple[str, ...]
    reported_value: str | None = None
    unit: str
    layout: Layout
    best: End | Callable[[Row], End] = "max"
    bounds: Bounds | Callable[[Row], Bounds] = None
    measures: tuple[Literal["ours", "best", "predicted", "paper"], ...] = ("ours", "best", "paper")
    repeats: str = "seeds"
    ours_first: bool = False
    pooled: tuple[str, ...] | None = None
    logarithms: bool | Callable[[Row], bool] = False

    def caption_of(self, comparison: "pd.DataFrame") -> str:
        """The caption of a comparison, with what is to be known of numbers measured elsewhere (``attrs[NOTE]``)."""
        caption = self.caption if isinstance(self.caption, str) else self.caption(comparison)
        about = comparison.attrs.get(NOTE)
        return f"{caption} {ELSEWHERE[0].upper()}{ELSEWHERE[1:]}: {about}" if about else caption


def share_layout(*row_heads: str, label: Callable[[Row], tuple[str, ...]]) -> Layout:
    """Lines as ``label`` says, a group of columns for each machine-written share, in rising order."""
    return Layout(
        row_heads=row_heads,
        row_label=label,
        column_label=lambda row: f"{row['synthetic_share_percent']:g}%",
        column_order=lambda row: row["synthetic_share_percent"],
    )
