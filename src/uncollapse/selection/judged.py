"""Candidates with their verifier's scores, as a stream; and what a data set keeps of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
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


def read_scores(
    paths: Path | Sequence[Path],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_] | None]]:
    """Prompt ids (N,), scores and verdicts (N, W), row group by row group."""
    for table in read_row_groups(paths, SCORES):
        width = int(table.column("rank").to_numpy().max(initial=0)) + 1
        if len(table) % width:
            raise ArtifactError(f"{paths}: {len(table)} scores are no whole number of {width} per prompt; rerun verify")
        accepted = table.column("accepted")
        verdict = (
            None if accepted.null_count else accepted.to_numpy(zero_copy_only=False).astype(bool).reshape(-1, width)
        )
        yield (
            table.column("prompt_id").to_numpy()[::width],
            table.column("score").to_numpy().reshape(-1, width),
            verdict,
        )


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
    for group, found in zip_longest(read_candidates(candidates), read_scores(scores)):
        if group is None or found is None:
            raise ArtifactError(f"{scores[0]}: scores of more or fewer prompts than {candidates[0]} has; rerun verify")
        prompt_id, score, accepted = found
        if score.shape != group.log_prob.shape or (prompt_id != group.prompt_id).any():
            raise ArtifactError(f"{scores[0]}: scores of other candidates than those of {candidates[0]}; rerun verify")
        yield Judged(candidates=group, scores=score, accepted=accepted)
