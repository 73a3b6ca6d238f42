"""Figures on the page: one image each, shown whole or, on a phone, panel by panel, without a second copy of it."""

import base64
import re
from dataclasses import dataclass

from uncollapse.errors import ArtifactError

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Picture:
    """An image address, the figure's width and height in points, and the boxes of its panels (x, y, width, height)."""

    address: str
    width: float
    height: float
    panels: tuple[Box, ...]


def picture(svg: bytes) -> Picture:
    """The picture of an SVG file as :func:`uncollapse.analysis.style.render` writes it.

    Raises
    ------
    ArtifactError
        Where the file does not say how large it is.
    """
    head = svg[:4000].decode("utf-8", errors="replace")
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head)
    if size is None:
        raise ArtifactError("an SVG file without a viewBox; delete it and rerun")
    found = re.search(r'data-panels="([^"]*)"', head)
    panels = tuple(_box(part) for part in found[1].split(";")) if found else ()
    address = "data:image/svg+xml;base64," + base64.b64encode(svg).decode()
    return Picture(address, float(size[1]), float(size[2]), panels)


def _box(text: str) -> Box:
    x, y, width, height = map(float, text.split())
    return x, y, width, height
