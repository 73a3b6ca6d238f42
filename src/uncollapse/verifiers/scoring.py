"""The file of scores of candidates by one verifier, of sequences or of texts; users write verifiers too."""

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import ParquetWriter, PromptsById
from uncollapse.artifacts.scores import SCORES
from uncollapse.errors import DataError
from uncollapse.jobs.progress import Progress


class Group(Protocol):
    """N prompts with W candidates each, sequences or texts; a job of the one imports nothing of the other."""

    @property
    def prompt_id(self) -> NDArray[np.int64]:
        """(N,)."""

    @property
    def log_prob(self) -> NDArray[np.float32]:
        """(N, W), in nats."""

    @property
    def width(self) -> int:
        """W."""


def write_scores(
    path: Path,
    verifier: ModuleType,
    settings: Any,
    candidates: Iterable[Group],
    prompts: PromptsById,
    *,
    total: int,
    progress: Progress,
    **given: Any,
) -> None:
    """Write a row of SCORES for every candidate.

    Parameters
    ----------
    verifier, settings : a module of :mod:`uncollapse.verifiers`, with its ``Settings``.
    candidates : groups of them, in the order of their prompts.
    total : how many candidates there are.
    given : what the verifier gets beside candidates, prompts and settings.

    Raises
    ------
    DataError
        Where the verifier returns something else than scores.
    """
    progress.start(total=total)
    with ParquetWriter(path, SCORES) as writer:
        for group in candidates:
            judged = prompts.range(int(group.prompt_id[0]), int(group.prompt_id[-1]))
            scores, accepted = checked_scores(
                verifier.score(group, judged, settings=settings, **given),
                shape=group.log_prob.shape,
                verifier=settings.kind,
            )
            writer.write(
                {
                    "prompt_id": np.repeat(group.prompt_id, group.width),
                    "rank": np.tile(np.arange(group.width, dtype=np.int16), len(group.prompt_id)),
                    "score": scores.reshape(-1),
                    "accepted": accepted.reshape(-1) if accepted is not None else [None] * scores.size,
                }
            )
            writer.count(rows_in=scores.size, kept=scores.size)
            progress.update(writer.kept)
        assert writer.rows_in == total, f"{writer.rows_in} of {total} candidates were read"
    progress.finish()


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
