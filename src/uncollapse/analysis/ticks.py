"""Ticks of an axis: where its marks stand, and how its numbers are written."""

import math
from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, Locator, MaxNLocator, NullFormatter, NullLocator

# multiples of powers of ten, sparse choices first
_MULTIPLES = (
    (1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0),
    *(tuple(tenths / 10 for tenths in range(10, 100, step)) for step in (10, 5, 2, 1)),
)  # fmt: skip
_ENOUGH = 4


def put(
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


def whole(axis: Axis) -> None:
    """Marks at whole numbers alone, even where there is but one of them."""
    axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def logarithmic(axes: Axes) -> None:
    """A logarithmic vertical axis with round numbers, written out; call it when all is drawn."""
    axes.set_yscale("log")
    put(axes.yaxis, round_ticks(*axes.get_ylim()), "{:,.10g}".format, alone=True)


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


def count(value: float) -> str:
    """A number as an axis writes it.

    >>> count(0), count(25_000), count(1.2e6)
    ('0', '25k', '1.2M')
    """
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
