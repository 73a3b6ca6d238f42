"""Rolls of a die by the face that came up, beside what is expected of a fair one."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style

FIGURE = style.Figure(
    title="Faces of a die",
    caption="Rolls by the face that came up, one point for each seed; the line is what is expected of a fair die.",
    alt="Rolls by face, close to a level line.",
)


def draw(*, face_counts: pd.DataFrame, sides: int) -> Canvas:
    """Points by face and seed; the line is the mean over all faces."""
    with style.styled():
        figure, (axes,) = style.canvas(height=3.0)
        axes.plot(face_counts["face"], face_counts["rolls"], "o", color=palette.BLUE)
        axes.axhline(face_counts.groupby("seed")["rolls"].sum().mean() / sides, color=palette.FAINT)
        axes.set_xlabel("face")
        axes.set_ylabel("rolls")
        return figure
