"""The scores that one verifier of an ensemble gave to all candidates."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import read_scores
from uncollapse.errors import ArtifactError


@dataclass(frozen=True)
class MemberScores:
    """``values`` (N, W) of prompts numbered from 0, and the same ``sorted`` (N * W,)."""

    values: NDArray[np.float64]
    sorted: NDArray[np.float64]

    def of(self, prompt_id: NDArray[np.int64]) -> NDArray[np.float64]:
        """The scores of some prompts' candidates."""
        return self.values[prompt_id]


def read_member_scores(paths: Sequence[Path]) -> MemberScores:
    """All shards of one verifier's scores, in order; eight bytes a candidate are held.

    Raises
    ------
    ArtifactError
        Where the prompts are not numbered from 0 without a gap.
    """
    groups = list(read_scores(paths))
    if not groups:
        raise ArtifactError(f"{', '.join(map(str, paths))}: no scores; delete them and rerun")
    numbers = np.concatenate([group.prompt_id for group in groups])
    if not np.array_equal(numbers, np.arange(len(numbers))):
        raise ArtifactError(f"{paths[0]}: a shard of the scores is missing or out of order; delete them and rerun")
    found = np.concatenate([group.scores for group in groups])
    return MemberScores(found, np.sort(found, axis=None))
