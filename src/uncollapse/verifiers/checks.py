"""Checks of what a verifier returned against what it must return; users write verifiers too."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError


def checked_scores(
    returned: Any, *, shape: tuple[int, int], verifier: str
) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """Scores (N, W) of finite float64, and verdicts (N, W) of bool or None.

    Raises
    ------
    DataError
        For another shape or type, or a score that is NaN.
    """
    if not (isinstance(returned, tuple) and len(returned) == 2):
        raise DataError(f"verifier {verifier}: score must return (scores, accepted), got {type(returned).__name__}")
    try:
        scores = np.asarray(returned[0], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"verifier {verifier}: scores are no array of numbers ({error})") from error
    if scores.shape != shape:
        raise DataError(
            f"verifier {verifier}: scores have shape {scores.shape}, expected {shape} (prompts, candidates)"
        )
    if np.isnan(scores).any():
        raise DataError(f"verifier {verifier}: {int(np.isnan(scores).sum())} of {scores.size} scores are NaN")
    if returned[1] is None:
        return scores, None
    try:
        accepted = np.asarray(returned[1])
    except ValueError as error:
        raise DataError(f"verifier {verifier}: accepted is no array ({error})") from error
    if accepted.shape != shape or accepted.dtype != np.bool_:
        raise DataError(
            f"verifier {verifier}: accepted must be bool of shape {shape}, got {accepted.dtype} {accepted.shape}"
        )
    return scores, accepted
