"""The boxes of a figure's panels, so that a narrow screen can show one below the other."""

import re
from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.transforms import Bbox

POINTS = 72  # an inch, the unit of an SVG file
_PAD = 4.0  # points around a panel
_WIDE = 0.7  # share of the figure's width from which a panel needs no place of its own
_SAME = 0.3  # overlap from which two axes are one panel, such as twins and insets


def with_panels(svg: bytes, figure: Canvas) -> bytes:
    """An SVG file that says where its panels are: x y width height in points, from the top left.

    A panel that has its marks' numbers from another one at its left says also where these are, by x and width, so that
    they can stand beside it. A figure of one panel, or of panels that are each nearly as wide as the figure, says
    nothing.
    """
    width, height = (float(inches) * POINTS for inches in figure.get_size_inches())
    box_of = _box(figure)
    panels = _merged([(box, axes) for axes in figure.axes if (box := box_of(axes)) is not None])
    if len(panels) < 2 or all(box.width > _WIDE * width for box, _ in panels):
        return svg
    rows = sorted(panels, key=lambda panel: (round(-panel[0].y1 / height * 4), panel[0].x0))
    told = ";".join(_told(box, width, height) + _numbers(axes, box_of) for box, axes in rows)
    return re.sub(rb"<svg ", f'<svg data-panels="{told}" '.encode(), svg, count=1)


def _box(figure: Canvas) -> Callable[[Axes], Bbox | None]:
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    scale = POINTS / figure.dpi

    def of(axes: Axes) -> Bbox | None:
        found = axes.get_tightbbox(renderer) if axes.get_visible() else None
        return None if found is None else Bbox(found.get_points() * scale)

    return of


def _numbers(axes: Axes, box_of: Callable[[Axes], Bbox | None]) -> str:
    """Place of the numbers of an axis that this panel shares and does not write: x and width, with a space before."""
    if axes.yaxis.get_tick_params().get("labelleft", True):
        return ""
    scale = POINTS / axes.figure.dpi  # type: ignore[union-attr]
    here = axes.get_window_extent()
    beside = [
        (other.get_window_extent().x0, box)
        for other in axes.get_shared_y_axes().get_siblings(axes)
        if other.yaxis.get_tick_params().get("labelleft", True)
        and abs(other.get_window_extent().y0 - here.y0) < 1
        and other.get_window_extent().x0 < here.x0
        and (box := box_of(other)) is not None
    ]
    if not beside:
        return ""
    edge, box = max(beside, key=lambda one: one[0])
    left = max(0.0, box.x0 - _PAD)
    return f" {left:.0f} {edge * scale - left + 1:.0f}"  # and a point for the line of the axis


def _merged(boxes: Sequence[tuple[Bbox, Axes]]) -> list[tuple[Bbox, Axes]]:
    merged: list[tuple[Bbox, Axes]] = []
    for box, axes in boxes:
        for place, (other, first) in enumerate(merged):
            common = Bbox.intersection(box, other)
            smaller = min(box.width * box.height, other.width * other.height)
            if common is not None and common.width * common.height > _SAME * smaller:
                merged[place] = Bbox.union([box, other]), first
                break
        else:
            merged.append((box, axes))
    return merged


def _told(box: Bbox, width: float, height: float) -> str:
    left, right = max(0.0, box.x0 - _PAD), min(width, box.x1 + _PAD)
    low, high = max(0.0, box.y0 - _PAD), min(height, box.y1 + _PAD)
    return " ".join(f"{value:.0f}" for value in (left, height - high, right - left, high - low))
