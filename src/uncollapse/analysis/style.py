"""The look of every figure, and its way to the same bytes every time.

Colours are Okabe and Ito's (Color Universal Design, 2008), told apart with any kind of colour blindness; lines carry
their names at their ends, so that no legend has to be decoded.
"""

import html
import io
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib
import matplotlib.colors
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FixedLocator, FuncFormatter, Locator, MaxNLocator, NullFormatter, NullLocator
from numpy.typing import ArrayLike, NDArray

from uncollapse.analysis.panels import with_panels

BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)))
INK, FAINT = "#222222", "#8a8a8a"
CONTRAST = 4.5  # of words against white
WIDTH = 8.6  # inches; the report shows figures at this width, so sizes in points are what is read

_SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "uncollapse",
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The declaration of a figure module about itself; ``alt`` says what is seen, for those who can't see it."""

    title: str
    caption: str
    alt: str
    source: str = ""


@contextmanager
def styled() -> Iterator[None]:
    """Draw inside this: matplotlib's defaults with the project's settings, whatever the user's matplotlibrc says."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


def canvas(*, height: float, columns: int = 1, rows: int = 1, **axes: object) -> tuple[Canvas, list[Axes]]:
    """A figure of the report's width with its axes, row by row; no global pyplot state."""
    figure = Canvas(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(np.atleast_1d(figure.subplots(rows, columns, **axes)).ravel())


def nothing(why: str) -> Canvas:
    """A figure that says why there is nothing to draw, in place of one whose experiment lacks what it shows."""
    figure, (axes,) = canvas(height=1.0)
    axes.set_axis_off()
    axes.text(0.5, 0.5, why, ha="center", va="center", transform=axes.transAxes)
    return figure


def measured(axes: Axes, x: ArrayLike, summary: pd.DataFrame, colour: str, *, marker: str = "o", **more: Any) -> None:
    """Points with intervals: mean, low and high of ``summary`` (as :func:`~uncollapse.statistics.means.means`)."""
    below = np.nan_to_num((summary["mean"] - summary["low"]).to_numpy(dtype=float))
    above = np.nan_to_num((summary["high"] - summary["mean"]).to_numpy(dtype=float))
    style: dict[str, Any] = {"markersize": 4, "elinewidth": 1.0, "linestyle": "none", "zorder": 4} | more
    error = [np.maximum(below, 0), np.maximum(above, 0)]
    axes.errorbar(np.asarray(x), summary["mean"].to_numpy(), yerr=error, color=colour, marker=marker, **style)


def literal(name: str) -> str:
    r"""A user's name as matplotlib draws it letter by letter: what stands between two $ is a formula there.

    >>> print(literal("a$_b_$"))
    a\$_b_\$
    """
    return name.replace("$", r"\$")


def colour(place: int) -> str:
    """The colour of the thing at ``place`` among several; they begin again where the palette ends."""
    return PALETTE[place % len(PALETTE)]


def dash(place: int) -> Any:
    """The dashes of the line at ``place`` among several, which tell those of one colour apart.

    >>> dash(0), dash(5), dash(6)
    ('-', '-', (0, (5, 1.5)))
    """
    return DASHES[place // len(PALETTE) % len(DASHES)]


def legible(colour: str) -> str:
    """The colour darkened as far as words in it can be read on white: a contrast of 4.5 (WCAG 2.2, 1.4.3).

    >>> legible("#0072B2"), legible("#E69F00"), legible("#56B4E9")
    ('#0072b2', '#9c6c00', '#3b7ca1')
    """
    parts = np.array(matplotlib.colors.to_rgb(colour))
    darker = (parts * (1 - step / 100) for step in range(101))
    return matplotlib.colors.to_hex(next(one for one in darker if 1.05 / (_luminance(one) + 0.05) >= CONTRAST))


def _luminance(parts: NDArray[np.float64]) -> float:
    """Relative luminance of red, green and blue in sRGB, from 0 to 1."""
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def shade(number: int, total: int) -> str:
    """The colour of one of ``total`` steps of a quantity, from dark blue to vermillion by way of grey.

    >>> shade(0, 5), shade(4, 5)
    ('#0072b2', '#d55e00')
    """
    ends = [matplotlib.colors.to_rgb(colour) for colour in (BLUE, "#9a9a9a", VERMILLION)]
    place = 2 * number / max(total - 1, 1)
    lower, share = min(int(place), 1), place - min(int(place), 1)
    mixed = [(1 - share) * a + share * b for a, b in zip(ends[lower], ends[lower + 1], strict=True)]
    return matplotlib.colors.to_hex(mixed)


def count(value: float) -> str:
    """A number as an axis writes it.

    >>> count(0), count(25_000), count(1.2e6)
    ('0', '25k', '1.2M')
    """
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


# multiples of powers of ten, sparse choices first
_MULTIPLES = (
    (1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0),
    *(tuple(tenths / 10 for tenths in range(10, 100, step)) for step in (10, 5, 2, 1)),
)  # fmt: skip
_ENOUGH = 4


def round_ticks(low: float, high: float) -> list[float]:
    """Round numbers between the limits of a logarithmic axis: the sparsest choice that has a few.

    >>> round_ticks(460, 1350)
    [500.0, 600.0, 800.0, 1000.0, 1200.0]
    >>> round_ticks(500, 850)
    [500.0, 600.0, 700.0, 800.0]
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for multiples in _MULTIPLES:
        ticks = [float(f"{multiple}e{power}") for power in powers for multiple in multiples]
        found = [tick for tick in ticks if low <= tick <= high]
        if len(found) >= _ENOUGH:
            return found
    # so narrow that the axis is nearly linear
    return [float(tick) for tick in MaxNLocator(_ENOUGH + 1).tick_values(low, high) if low <= tick <= high]


def whole(axis: Axis) -> None:
    """Marks at whole numbers alone, even where there is but one of them."""
    axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def logarithmic(axes: Axes) -> None:
    """A logarithmic vertical axis with round numbers, written out; call it when all is drawn."""
    axes.set_yscale("log")
    ticks(axes.yaxis, round_ticks(*axes.get_ylim()), "{:,.10g}".format, alone=True)


def ticks(
    axis: Axis,
    places: Locator | Sequence[float] | None = None,
    write: Callable[[float], str] = "{:g}".format,
    *,
    alone: bool = False,
) -> None:
    """Put marks at ``places`` (default: where they are), and write at no others; ``alone``: no marks between."""
    if alone:
        axis.set_minor_locator(NullLocator())
    if places is not None:
        axis.set_major_locator(places if isinstance(places, Locator) else FixedLocator(places))
    axis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
    axis.set_minor_formatter(NullFormatter())


def render(figure: Canvas, kind: Literal["svg", "png"]) -> bytes:
    """The figure as SVG (text as DejaVu outlines) or PNG (200 dpi), without dates or program versions."""
    metadata = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}[kind]
    buffer = io.BytesIO()
    with styled():
        if figure.get_layout_engine() is not None:
            _say_logarithmic(figure)
            # Constrained layout moves a little at every drawing: settle it once, so that every rendering is the same.
            figure.draw_without_rendering()
            if _break_long_names(figure):
                figure.draw_without_rendering()
            figure.set_layout_engine("none")
        figure.savefig(buffer, format=kind, dpi=200, metadata=metadata)
        if kind == "png":
            return buffer.getvalue()
        return _with_finding(with_panels(buffer.getvalue(), figure), str(figure.get_label()))


def tell(figure: Canvas, finding: str) -> None:
    """Have the figure say what it shows, in words with numbers, for those who cannot see it.

    What claims found on a figure says more; this is for figures that no claim is judged on. An empty ``finding`` says
    nothing.
    """
    figure.set_label(finding)


def _with_finding(svg: bytes, finding: str) -> bytes:
    if not finding:
        return svg
    said = f'<svg data-finding="{html.escape(finding)}" '.encode()
    return svg.replace(b"<svg ", said, 1)


def _say_logarithmic(figure: Canvas) -> None:
    """Have the name of every logarithmic axis say that it is one, and so a name that all panels have in common."""
    for of_panels, axes_of in (
        (figure.get_supxlabel(), lambda axes: axes.xaxis),
        (figure.get_supylabel(), lambda axes: axes.yaxis),
    ):
        logarithmic = [axis for axis in map(axes_of, figure.axes) if axis.get_scale() in ("log", "symlog")]
        texts = [text for text in figure.texts if of_panels and text.get_text() == of_panels]
        for text in [*(axis.label for axis in logarithmic), *(texts if logarithmic else [])]:
            name = text.get_text()
            if name and "log" not in name:
                text.set_text(f"{name} (log scale)")


def _break_long_names(figure: Canvas) -> bool:
    """Break names that are longer than their axis, and titles that reach over the figure's edge; whether any was."""
    broken = False
    for axes in figure.axes:
        if not axes.get_visible():
            continue
        panel, page = axes.get_window_extent(), figure.bbox
        names = [(axes.yaxis.label, "height"), (axes.xaxis.label, "width")]
        long = [name for name, side in names if getattr(name.get_window_extent(), side) > 1.05 * getattr(panel, side)]
        titles = [axes.title, axes._left_title, axes._right_title]  # type: ignore[attr-defined]
        long += [title for title in titles if title.get_text() and title.get_window_extent().x1 > page.x1]
        for text in long:
            lines = text.get_text().split("\n")
            longest = max(lines, key=len)
            lines[lines.index(longest)] = in_two(longest)
            broken |= in_two(longest) != longest
            text.set_text("\n".join(lines))
    return broken


def in_two(line: str) -> str:
    """A line broken where its halves are most alike, but before what stands in brackets at its end; no formula is.

    >>> in_two("perplexity on human text (log scale)"), in_two("one two three"), in_two("alone"), in_two("$a b$ c")
    ('perplexity on human text\\n(log scale)', 'one two\\nthree', 'alone', '$a b$ c')
    """
    if "$" in line or " " not in line:
        return line
    if line.endswith(")") and " (" in line:
        place = line.rindex(" (")
    else:
        spaces = [place for place, letter in enumerate(line) if letter == " "]
        place = min(spaces, key=lambda place: abs(place - len(line) / 2))
    return line[:place] + "\n" + line[place + 1 :]


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move label positions apart to at least ``gap``, in order, staying within [low, high] where they fit.

    >>> spread([0.50, 0.51, 0.90], gap=0.1, low=0.0, high=1.0)
    [0.455, 0.555, 0.9]
    """
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    # Blocks of touching labels, each centred on its members' mean: merging until no two blocks overlap.
    blocks: list[tuple[list[int], float]] = []
    for index in order:
        members, start = [index], _clip(positions[index], low, high)
        while blocks and blocks[-1][1] + gap * len(blocks[-1][0]) > start + 1e-12:
            members = blocks.pop()[0] + members
            length = gap * (len(members) - 1)
            centre = sum(positions[member] for member in members) / len(members)
            start = _clip(centre - length / 2, low, max(low, high - length))
        blocks.append((members, start))
    moved = [0.0] * len(positions)
    for members, start in blocks:
        for place, member in enumerate(members):
            moved[member] = round(start + place * gap, 9)
    return moved


def label_ends(axes: Axes, ends: Sequence[tuple[float, float, str, str]], *, size: float = 8.5) -> None:
    """Write names beside the right edge, level with the ends (x, y, text, colour) of their curves, without overlap.

    Call it when the limits stand. A thin line leads from each curve's end to its name.
    """
    low, high = axes.get_ylim()
    height = axes.get_position().height * axes.figure.get_size_inches()[1] * 72  # the axes' height in points, about
    ends = [(x, _clip(y, low, high), text, colour) for x, y, text, colour in ends]
    to_axes = axes.transData - axes.transAxes  # the axis may be logarithmic
    levels = [float(to_axes.transform((x, y))[1]) for x, y, _, _ in ends]
    places = spread(levels, gap=1.3 * size / height, low=0.0, high=1.0)
    for (x, y, text, colour), place in zip(ends, places, strict=True):
        axes.annotate(
            text,
            xy=(x, y),
            xytext=(1.05, place),
            xycoords="data",
            textcoords="axes fraction",
            color=legible(colour),
            fontsize=size,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "lw": 0.6,
                "alpha": 0.55,
                "shrinkA": 2,
                "shrinkB": 2,
                "relpos": (0, 0.5),
            },
        )


def _clip(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
