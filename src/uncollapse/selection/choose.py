"""The selectors, on arrays: which rank of each prompt is kept, if any."""

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError

REJECTED = -1


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


def random_rows(rows: int, size: int, *, seed: int) -> NDArray[np.bool_]:
    """A mask (rows,) with exactly ``size`` rows drawn without replacement."""
    mask = np.zeros(rows, dtype=np.bool_)
    mask[np.random.default_rng(seed).choice(rows, size, replace=False)] = True
    return mask


CHOOSERS = {"all": choose_first, "random": choose_first, "correct": choose_correct, "best": choose_best}
