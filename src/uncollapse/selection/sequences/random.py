"""The most probable candidate of ``size`` prompts drawn at random: the control of selection."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import Scores
from uncollapse.selection.settings import DatasetSettings

READS, POOL, REASONS = "candidates", "first", ("not drawn",)
_BLOCK = 8192  # rows drawn at a time


def check(settings: DatasetSettings) -> None:
    """How many are drawn must be said."""
    if settings.size is None:
        raise ValueError("select: random needs a size")


def choose(groups: Iterable[Scores], *, settings: DatasetSettings, prompts: int) -> Iterator[NDArray[np.int64]]:
    """Ranks (N,), 0 where a prompt is drawn; which ones depends on seed and size alone."""
    assert settings.size is not None
    lucky = RandomRows(prompts, settings.size, seed=settings.seed)
    for group in groups:
        yield np.where(lucky.take(len(group.prompt_id)), 0, ~0)


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
