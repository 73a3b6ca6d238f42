"""Numbers on a command line, checked where they are read."""

import argparse
import math
from collections.abc import Callable


def whole(least: int) -> Callable[[str], int]:
    """An argparse type: a whole number of at least ``least``.

    >>> whole(1)("3")
    3
    """

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least {least}")
        return value

    return read


def finite(text: str) -> float:
    """An argparse type: a number that is neither infinite nor NaN.

    >>> finite("2.5")
    2.5
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is no finite number")
    return value


def positive(text: str) -> float:
    """An argparse type: a finite number above zero."""
    if (value := finite(text)) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not above zero")
    return value
