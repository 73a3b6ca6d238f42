"""Palette of figures: colours, shades and dashes of lines, and colours that words can be read in.

Colours are Okabe and Ito's (Color Universal Design, 2008), told apart with any kind of colour blindness.
"""

from typing import Any

import matplotlib.colors
import numpy as np
from numpy.typing import NDArray

BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)))
INK, FAINT = "#222222", "#8a8a8a"
CONTRAST = 4.5  # of words against white


def colour(place: int) -> str:
    """The colour of the thing at ``place`` among several; they begin again where the palette ends."""
    return COLOURS[place % len(COLOURS)]


def dash(place: int) -> Any:
    """The dashes of the line at ``place`` among several, which tell those of one colour apart.

    >>> dash(0), dash(5), dash(6)
    ('-', '-', (0, (5, 1.5)))
    """
    return DASHES[place // len(COLOURS) % len(DASHES)]


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
