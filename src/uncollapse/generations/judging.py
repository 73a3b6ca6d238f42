"""Rows that a verifier lets through, and how good it is at it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.proxy.estimate import quantities

NAMES = ("p", "phi", "psi", "kept_precision", "p_star")


def kept(accepted: NDArray[np.bool_], *, most: int, at_random: bool, seed: int, named: str) -> NDArray[np.bool_]:
    """Rows (N,) that the next generation may learn from: the first accepted ones, or as many drawn at random.

    most : at most so many.

    Raises
    ------
    DataError
        Where none is accepted, with counts.
    """
    number = min(int(accepted.sum()), most)
    if not number:
        raise DataError(
            f"{named}: the verifier accepts none of {len(accepted):,} rows; lower its threshold, raise the run's"
            " candidates, or train the generation before for longer. What was made stays"
        )
    places = np.flatnonzero(accepted)[:number]
    if at_random:
        places = np.random.default_rng(seed).choice(len(accepted), number, replace=False)
    found = np.zeros(len(accepted), dtype=bool)
    found[places] = True
    return found


def quality(right: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> dict[str, Any]:
    """Counts, p (share of wrong rows), phi, psi, precision of the kept rows and p_*; None where undefined."""
    total, good, some, both = (int(part.sum()) for part in (np.ones_like(right), right, chosen, right & chosen))
    found = quantities(np.array([[total - good, good, some - both, both]]))
    shares = {name: float(found[name][0]) for name in NAMES}
    counts = {"rows": total, "right": good, "kept": some, "kept_right": both}
    return counts | {name: None if np.isnan(value) else value for name, value in shares.items()}
