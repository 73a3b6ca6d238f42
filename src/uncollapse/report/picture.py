"""Figures on the page: one image each, shown whole or, on a phone, panel by panel, without a second copy of it."""

import html
import re
from dataclasses import dataclass

from markupsafe import Markup

from uncollapse.errors import ArtifactError
from uncollapse.report.compact_svg import compact

PREFIX = "data:image/svg+xml,"


@dataclass(frozen=True)
class Panel:
    """The box of a panel in points, and the place of an axis' numbers that stand elsewhere (their width may be 0)."""

    x: float
    y: float
    width: float
    height: float
    numbers_x: float = 0.0
    numbers_width: float = 0.0


@dataclass(frozen=True)
class Picture:
    """An image address, the figure's width and height in points, and its panels.

    ``finding`` is what the figure says of itself (:func:`uncollapse.analysis.rendering.tell`), or nothing.
    """

    address: Markup
    width: float
    height: float
    panels: tuple[Panel, ...]
    finding: str = ""


def picture(svg: bytes) -> Picture:
    """The picture of an SVG file as :func:`uncollapse.analysis.rendering.render` writes it.

    Raises
    ------
    ArtifactError
        Where the file does not say how large it is.
    """
    head = svg[: svg.find(b">", svg.find(b"<svg "))].decode("utf-8", errors="replace")
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head)
    if size is None:
        raise ArtifactError("an SVG file without a viewBox; delete it and rerun")
    found = re.search(r'data-panels="([^"]*)"', head)
    panels = tuple(Panel(*map(float, part.split())) for part in found[1].split(";")) if found else ()
    told = re.search(r'data-finding="([^"]*)"', head)
    finding = html.unescape(told[1]) if told else ""
    return Picture(address(compact(svg)), float(size[1]), float(size[2]), panels, finding)


def address(drawing: str) -> Markup:
    """A drawing as the value of an attribute between double quotes, an address of its own.

    Base64 would be a third longer. An address ends at # and has codes that begin with %; of HTML's signs only & and the
    quotation mark mean something within an attribute.

    >>> print(address("<svg fill='#fff' width='100%'>&amp;</svg>"))
    data:image/svg+xml,<svg fill='%23fff' width='100%25'>&amp;amp;</svg>
    """
    code = drawing.replace("%", "%25").replace("#", "%23").replace('"', "%22")
    return Markup(PREFIX + " ".join(code.replace("&", "&amp;").split()))  # line ends vanish from an address
