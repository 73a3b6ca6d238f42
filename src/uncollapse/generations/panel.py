"""Collapse in numbers: what a generation's rows are like beside real rows that no model has seen.

All distances are Euclidean, between features of rows. Lists of real rows: those held out, and those that generation 0
learned from.

- diversity: mean distance between two of the rows;
- precision: share of the rows within the k-th nearest neighbour's distance of some held-out row
  (Kynkäänniemi et al. 2019): real rows cover them;
- coverage: share of the held-out rows with one of the rows within that distance (Naeem et al. 2020): they cover real
  rows;
- tail mass: share of the rows that lie nearest to one of the tenth of held-out rows that are loneliest, those farthest
  from their k-th neighbour;
- memorised: share of the rows at least three times as near to one learned row as to any other (Yoon et al. 2023).

The same numbers of the real rows that generation 0 learned from are the yardstick; they count as written by the truth.
"""

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError

NEIGHBOURS = 5
TAIL = 0.1
MEMORISED_RATIO = 1 / 3
_SIDE_BY_SIDE = 512  # rows whose distances to all others are in memory at once
MEASURES = ("diversity", "precision", "coverage", "tail_mass", "memorised")

Points = NDArray[np.float64]


def measures(points: Points, *, held_out: Points, learned: Points, own: bool = False) -> dict[str, float]:
    """The numbers of rows (N, F) beside those held out (M, F) and those learned (L, F).

    own : whether the rows are the learned ones themselves: none is then compared with itself.

    Raises
    ------
    DataError
        Where there are too few rows for a number to mean anything, with how many it takes.
    """
    for name, some in (("written", points), ("held-out", held_out), ("real training", learned)):
        if len(some) <= NEIGHBOURS:
            raise DataError(f"{len(some)} {name} rows: the measures take more than {NEIGHBOURS}; raise their number")
    radii = nearest(held_out, held_out, count=NEIGHBOURS, own=True)[0][:, -1]
    to_points = nearest(held_out, points, count=1)[0][:, 0]
    tail = np.zeros(len(held_out), dtype=bool)
    tail[np.argsort(radii, kind="stable")[-max(1, round(TAIL * len(held_out))) :]] = True
    inside, closest = _within(points, held_out, radii)
    near = nearest(points, learned, count=2, own=own)[0]
    return {
        "diversity": mean_distance(points),
        "precision": float(inside.mean()),
        "coverage": float((to_points <= radii).mean()),
        "tail_mass": float(tail[closest].mean()),
        "memorised": float((near[:, 0] <= MEMORISED_RATIO * near[:, 1]).mean()),
    }


def nearest(points: Points, among: Points, *, count: int, own: bool = False) -> tuple[Points, NDArray[np.int64]]:
    """Distances (N, count) to the nearest of other points, ascending, and their places.

    own : whether ``points`` are ``among``: the point itself is then left out, a double of it is not.
    """
    distances = np.empty((len(points), count))
    places = np.empty((len(points), count), dtype=np.int64)
    for start, squares in _squares(points, among):
        if own:
            here = np.arange(len(squares))
            squares[here, start + here] = np.inf
        chosen = np.argpartition(squares, count - 1, axis=1)[:, :count] if count < squares.shape[1] else None
        if chosen is None:
            chosen = np.tile(np.arange(squares.shape[1]), (len(squares), 1))
        found = np.take_along_axis(squares, chosen, axis=1)
        order = np.argsort(found, axis=1, kind="stable")
        rows = slice(start, start + len(squares))
        distances[rows] = np.sqrt(np.take_along_axis(found, order, axis=1))
        places[rows] = np.take_along_axis(chosen, order, axis=1)
    return distances, places


def mean_distance(points: Points) -> float:
    """Mean distance between two different rows."""
    total = sum(float(np.sqrt(squares).sum()) for _, squares in _squares(points, points))
    return total / (len(points) * (len(points) - 1))


def _within(points: Points, centres: Points, radii: Points) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether each point lies within some centre's radius, and the place of its nearest centre."""
    inside, closest = np.empty(len(points), dtype=bool), np.empty(len(points), dtype=np.int64)
    for start, squares in _squares(points, centres):
        rows = slice(start, start + len(squares))
        inside[rows] = (squares <= radii**2).any(1)
        closest[rows] = squares.argmin(1)
    return inside, closest


def _squares(points: Points, among: Points):  # noqa: ANN202
    """First row and squared distances (B, M) of each block of points."""
    norms = (among**2).sum(1)
    for start in range(0, len(points), _SIDE_BY_SIDE):
        some = points[start : start + _SIDE_BY_SIDE]
        yield start, np.maximum((some**2).sum(1)[:, None] - 2 * some @ among.T + norms, 0)
