"""Style of every figure: matplotlib's settings, the canvas to draw on, and points with intervals."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from numpy.typing import ArrayLike

from uncollapse.analysis.palette import FAINT, INK

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
