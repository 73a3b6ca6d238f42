"""The selectors, on arrays: which rank of each prompt is kept, if any."""

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError

REJECTED = -1
_BLOCK = 8192  # rows drawn at a time


def choose_first(scores: NDArray[np.float64], accepted: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """The most probable candidate of every prompt: ranks (N,), all 0."""
    return np.zeros(len(scores), dtype=np.int64)


def choose_correct(scores: NDArray[np.float64], accepted: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Data selection: rank 0 where the verifier accepts it, else :data:`REJECTED`; from ``accepted`` (N, W).

    Feng et al. 2024, section 5.2.
    """
    if accepted is None:
        raise DataError(
            "the verifier gave no verdict (accepted is null), and select: correct needs one; use select: best"
        )
    return np.where(accepted[:, 0], 0, REJECTED)


def choose_best(scores: NDArray[np.float64], accepted: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Label selection: the rank with the highest score (N, W), the more probable one among equals.

    Feng et al. 2024, section 5.2.
    """
    return scores.argmax(1)


class RandomRows:
    """Exactly ``size`` of ``rows`` rows drawn without replacement, told from the first row on.

    Block by block: how many of a block are drawn follows the hypergeometric distribution of what is left, so that
    memory does not grow with rows. Blocks are of a fixed size; it does not matter how many rows are taken at a time.

    Raises
    ------
    ValueError
        For more to draw, or to take, than there are.
    """

    def __init__(self, rows: int, size: int, *, seed: int) -> None:
        if size > rows:
            raise ValueError(f"{size} of {rows} rows cannot be drawn without replacement")
        self._rows_left, self._size_left = rows, size
        self._rng = np.random.default_rng(seed)
        self._waiting = np.zeros(0, dtype=np.bool_)

    def take(self, count: int) -> NDArray[np.bool_]:
        """Whether each of the next ``count`` rows is drawn: a mask (count,)."""
        while len(self._waiting) < count:
            if not self._rows_left:
                raise ValueError(f"{count} rows are asked for, but {len(self._waiting)} are left")
            self._waiting = np.concatenate([self._waiting, self._next_block()])
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    def _next_block(self) -> NDArray[np.bool_]:
        count = min(_BLOCK, self._rows_left)
        drawn = int(self._rng.hypergeometric(self._size_left, self._rows_left - self._size_left, count))
        mask = np.zeros(count, dtype=np.bool_)
        mask[self._rng.choice(count, drawn, replace=False)] = True
        self._rows_left -= count
        self._size_left -= drawn
        return mask


CHOOSERS = {"all": choose_first, "random": choose_first, "correct": choose_correct, "best": choose_best}
