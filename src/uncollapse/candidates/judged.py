"""Scores of candidates, and candidates beside their scores, as streams."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncollapse.artifacts.scores import SCORES
from uncollapse.candidates.sequences import Candidates, read_candidates
from uncollapse.candidates.whole_prompts import read_whole_prompts
from uncollapse.errors import ArtifactError


@dataclass(frozen=True, kw_only=True)
class Scores:
    """The scores and verdicts of a verifier on W candidates of each of N prompts.

    ``prompt_id`` (N,); ``scores`` (N, W), higher is better; ``accepted`` (N, W), or None where it only ranks.
    """

    prompt_id: NDArray[np.int64]
    scores: NDArray[np.float64]
    accepted: NDArray[np.bool_] | None = None


@dataclass(frozen=True, kw_only=True)
class Judged(Scores):
    """The same with the candidates themselves."""

    candidates: Candidates


def read_scores(paths: Path | Sequence[Path]) -> Iterator[Scores]:
    """Scores row group by row group."""
    for group in read_whole_prompts(paths, SCORES):
        accepted = group.table.column("accepted")
        if accepted.null_count not in (0, len(accepted)):
            raise ArtifactError(f"{group.path}: accepted is null for some candidates only; delete it and rerun verify")
        verdict = None if accepted.null_count else accepted.to_numpy(zero_copy_only=False).astype(bool)
        yield Scores(
            prompt_id=group.prompt_id,
            scores=group.column("score"),
            accepted=None if verdict is None else verdict.reshape(-1, group.width),
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
            yield Judged(candidates=group, prompt_id=group.prompt_id, scores=group.log_prob.astype(np.float64))
        return
    for group, judged in itertools.zip_longest(read_candidates(candidates), read_scores(scores)):
        if group is None or judged is None:
            raise ArtifactError(f"{scores[0]}: scores of {'fewer' if judged is None else 'more'} prompts; rerun verify")
        if judged.scores.shape != group.log_prob.shape or not np.array_equal(judged.prompt_id, group.prompt_id):
            raise ArtifactError(
                f"{scores[0]}: scores {judged.scores.shape} from prompt {judged.prompt_id[0]} for candidates"
                f" {group.log_prob.shape} from prompt {group.prompt_id[0]}; rerun verify"
            )
        yield Judged(candidates=group, **vars(judged))
