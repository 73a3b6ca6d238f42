"""Candidates with their verifier's scores, as a stream; and what a data set keeps of them."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.artifacts.scores import SCORES
from uncollapse.candidates.sequences import Candidates, prompts_and_width, read_candidates
from uncollapse.errors import ArtifactError


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Candidates of N prompts, with ``scores`` (N, W) and ``accepted`` (N, W), or None without a verdict."""

    candidates: Candidates
    scores: NDArray[np.float64]
    accepted: NDArray[np.bool_] | None


def read_scores(
    paths: Path | Sequence[Path],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_] | None]]:
    """Ids of the prompts (N,), scores and verdicts (N, W), row group by row group."""
    for path in [paths] if isinstance(paths, Path) else paths:
        for table in read_row_groups(path, SCORES):
            prompt_id, width = prompts_and_width(table, str(path))
            accepted = table.column("accepted")
            if accepted.null_count not in (0, len(accepted)):
                raise ArtifactError(f"{path}: accepted is null for some candidates only; delete it and rerun verify")
            verdict = (
                None if accepted.null_count else accepted.to_numpy(zero_copy_only=False).astype(bool).reshape(-1, width)
            )
            yield prompt_id, table.column("score").to_numpy().reshape(-1, width), verdict


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
    for group, judged in itertools.zip_longest(read_candidates(candidates), read_scores(scores)):
        if group is None or judged is None:
            raise ArtifactError(f"{scores[0]}: scores of {'fewer' if judged is None else 'more'} prompts; rerun verify")
        prompt_id, score, accepted = judged
        if score.shape != group.log_prob.shape or not np.array_equal(prompt_id, group.prompt_id):
            raise ArtifactError(
                f"{scores[0]}: scores {score.shape} from prompt {prompt_id[0]} for candidates {group.log_prob.shape}"
                f" from prompt {group.prompt_id[0]}; rerun verify"
            )
        yield Judged(candidates=group, scores=score, accepted=accepted)
