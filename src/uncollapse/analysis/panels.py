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

    A figure of one panel, or of panels that are each nearly as wide as the figure, says nothing.
    """
    width, height = (float(inches) * POINTS for inches in figure.get_size_inches())
    boxes = _merged([box for box in map(_box(figure), figure.axes) if box is not None])
    if len(boxes) < 2 or all(box.width > _WIDE * width for box in boxes):
        return svg
    rows = sorted(boxes, key=lambda box: (round(-box.y1 / height * 4), box.x0))
    told = ";".join(_told(box, width, height) for box in rows)
    return re.sub(rb"<svg ", f'<svg data-panels="{told}" '.encode(), svg, count=1)


def _box(figure: Canvas) -> Callable[[Axes], Bbox | None]:
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    scale = POINTS / figure.dpi

    def of(axes: Axes) -> Bbox | None:
        found = axes.get_tightbbox(renderer) if axes.get_visible() else None
        return None if found is None else Bbox(found.get_points() * scale)

    return of


def _merged(boxes: Sequence[Bbox]) -> list[Bbox]:
    merged: list[Bbox] = []
    for box in boxes:
        for place, other in enumerate(merged):
            common = Bbox.intersection(box, other)
            smaller = min(box.width * box.height, other.width * other.height)
            if common is not None and common.width * common.height > _SAME * smaller:
                merged[place] = Bbox.union([box, other])
                break
        else:
            merged.append(box)
    return merged


def _told(box: Bbox, width: float, height: float) -> str:
    left, right = max(0.0, box.x0 - _PAD), min(width, box.x1 + _PAD)
    low, high = max(0.0, box.y0 - _PAD), min(height, box.y1 + _PAD)
    return " ".join(f"{value:.0f}" for value in (left, height - high, right - left, high - low))
