"""Candidates with their verifier's scores, as a stream; and what a data set keeps of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncollapse.artifacts import read_row_groups
from uncollapse.errors import ArtifactError
from uncollapse.schemas import SCORES
from uncollapse.verifiers.candidates import Candidates, read_candidates


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Candidates of N prompts, with ``scores`` (N, W) and ``accepted`` (N, W), or None without a verdict."""

    candidates: Candidates
    scores: NDArray[np.float64]
    accepted: NDArray[np.bool_] | None


def read_scores(paths: Path | Sequence[Path]) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_] | None]]:
    """Scores and verdicts (N, W), row group by row group."""
    for table in read_row_groups(paths, SCORES):
        width = int(table.column("rank").to_numpy().max()) + 1
        accepted = table.column("accepted")
        verdict = (
            None if accepted.null_count else accepted.to_numpy(zero_copy_only=False).astype(bool).reshape(-1, width)
        )
        yield table.column("score").to_numpy().reshape(-1, width), verdict


def read_judged(candidates: Sequence[Path], scores: Sequence[Path]) -> Iterator[Judged]:
    """Candidates and scores side by side; without scores, candidates ranked by their own log-probability.

    Raises
    ------
    ArtifactError
        Where scores and candidates do not belong together.
    """
    if not scores:
        for group in read_candidates(candidates):
            yield Judged(candidates=group, scores=group.log_prob.astype(np.float64), accepted=None)
        return
    for group, (score, accepted) in zip(read_candidates(candidates), read_scores(scores), strict=True):
        if score.shape != group.log_prob.shape:
            raise ArtifactError(
                f"{scores[0]}: scores {score.shape} for candidates {group.log_prob.shape}; rerun verify"
            )
        yield Judged(candidates=group, scores=score, accepted=accepted)
