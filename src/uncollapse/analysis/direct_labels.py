"""Direct labels: lines carry their names at their ends, so that no legend has to be decoded."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from uncollapse.analysis.palette import legible


def label_ends(axes: Axes, ends: Sequence[tuple[float, float, str, str]], *, size: float = 8.5) -> None:
    """Write names beside the right edge, level with the ends (x, y, text, colour) of their curves, without overlap.

    Call it when the limits stand. A thin line leads from each curve's end to its name.
    """
    low, high = axes.get_ylim()
    height = axes.get_position().height * axes.figure.get_size_inches()[1] * 72  # the axes' height in points, about
    ends = [(x, _clip(y, low, high), text, colour) for x, y, text, colour in ends]
    to_axes = axes.transData - axes.transAxes  # the axis may be logarithmic
    levels = [float(to_axes.transform((x, y))[1]) for x, y, _, _ in ends]
    places = spread(levels, gap=1.3 * size / height, low=0.0, high=1.0)
    for (x, y, text, colour), place in zip(ends, places, strict=True):
        axes.annotate(
            text,
            xy=(x, y),
            xytext=(1.05, place),
            xycoords="data",
            textcoords="axes fraction",
            color=legible(colour),
            fontsize=size,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "lw": 0.6,
                "alpha": 0.55,
                "shrinkA": 2,
                "shrinkB": 2,
                "relpos": (0, 0.5),
            },
        )


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move label positions apart to at least ``gap``, in order, staying within [low, high] where they fit.

    >>> spread([0.50, 0.51, 0.90], gap=0.1, low=0.0, high=1.0)
    [0.455, 0.555, 0.9]
    """
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    # Blocks of touching labels, each centred on its members' mean: merging until no two blocks overlap.
    blocks: list[tuple[list[int], float]] = []
    for index in order:
        members, start = [index], _clip(positions[index], low, high)
        while blocks and blocks[-1][1] + gap * len(blocks[-1][0]) > start + 1e-12:
            members = blocks.pop()[0] + members
            length = gap * (len(members) - 1)
            centre = sum(positions[member] for member in members) / len(members)
            start = _clip(centre - length / 2, low, max(low, high - length))
        blocks.append((members, start))
    moved = [0.0] * len(positions)
    for members, start in blocks:
        for place, member in enumerate(members):
            moved[member] = round(start + place * gap, 9)
    return moved


def _clip(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
