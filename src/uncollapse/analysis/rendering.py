"""Rendering of figures: the same bytes every time, with what a figure shows in words."""

import html
import io
from typing import Literal

from matplotlib.figure import Figure as Canvas

from uncollapse.analysis.figure_text import break_long_names, say_logarithmic
from uncollapse.analysis.panels import with_panels
from uncollapse.analysis.style import styled


def render(figure: Canvas, kind: Literal["svg", "png"]) -> bytes:
    """The figure as SVG (text as DejaVu outlines) or PNG (200 dpi), without dates or program versions."""
    metadata = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}[kind]
    buffer = io.BytesIO()
    with styled():
        if figure.get_layout_engine() is not None:
            say_logarithmic(figure)
            # Constrained layout moves a little at every drawing: settle it once, so that every rendering is the same.
            figure.draw_without_rendering()
            if break_long_names(figure):
                figure.draw_without_rendering()
            figure.set_layout_engine(None)  # "none" keeps a place for one, and draws everything twice for its sake
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
