"""Several verifiers of the experiment as one: the weighted mean of their ranks, or of their z-scores.

Verifiers measure in units of their own. A rank is a candidate's place among all candidates, from 0 (worst) to 1
(best), ties shared; a z-score its distance from the mean of all in standard deviations. Both need every candidate of
the data set, so shards read the scores of all shards.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field, field_validator

from uncollapse.candidates.texts import TextCandidates
from uncollapse.language.engines.interface import Engine
from uncollapse.settings.values import Strict
from uncollapse.verifiers.member_scores import MemberScores


class Settings(Strict):
    """The verifier's keys in config."""

    kind: Literal["ensemble"] = "ensemble"
    members: dict[str, float] = Field(min_length=1, description="weight of each, by its name under verifiers")
    mean_of: Literal["ranks", "z_scores"] = "ranks"

    @field_validator("members")
    @classmethod
    def _weights_count(cls, members: dict[str, float]) -> dict[str, float]:
        if any(weight <= 0 for weight in members.values()):
            raise ValueError("weights are above 0; leave out a verifier that does not count")
        return members

    @property
    def gives_verdict(self) -> bool:
        """Whether it judges: never, a mean ranks."""
        return False


def score(
    candidates: TextCandidates,
    prompts: pa.Table,
    *,
    settings: Settings,
    engine: Engine | None,
    members: Mapping[str, MemberScores],
) -> tuple[NDArray[np.float64], None]:
    """Scores (N, W) from what the members gave these candidates, and all candidates."""
    total = np.zeros(candidates.log_prob.shape)
    for name, weight in sorted(settings.members.items()):
        member = members[name]
        own = member.of(candidates.prompt_id)
        total += weight * (ranks(own, member.sorted) if settings.mean_of == "ranks" else z_scores(own, member.sorted))
    return total / sum(settings.members.values()), None


def ranks(values: NDArray[np.float64], everyone: NDArray[np.float64]) -> NDArray[np.float64]:
    """Place of values among ``everyone`` (sorted), from 0 to 1.

    >>> ranks(np.array([1.0, 5.0]), np.array([1.0, 1.0, 3.0, 5.0])).tolist()
    [0.16666666666666666, 1.0]
    """
    below = np.searchsorted(everyone, values, side="left")
    up_to = np.searchsorted(everyone, values, side="right")
    return (below + up_to - 1) / 2 / max(len(everyone) - 1, 1)


def z_scores(values: NDArray[np.float64], everyone: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of values from the mean of ``everyone``, in standard deviations; 0 where all are alike."""
    spread = everyone.std()
    return (values - everyone.mean()) / spread if spread > 0 else np.zeros_like(values)
