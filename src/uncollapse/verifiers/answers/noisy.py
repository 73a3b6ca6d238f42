"""An imperfect verifier of known quality: it errs at given rates on what another verifier takes as right and wrong.

With phi = P(accept | right) and psi = P(accept | wrong) chosen, p* = 1/(1 + psi/phi) is known beforehand (Feng et al.
2024, Theorem 3.2). Its errors do not depend on the prompt, which is what the theorem assumes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from uncollapse.corpora.row_ids import hashed
from uncollapse.randomness.hashing import uniforms
from uncollapse.settings.values import Rate, Strict
from uncollapse.verifiers.candidate import Candidate, Verdict, failed
from uncollapse.verifiers.told_truth import truth_of

NEEDS = ("prompt_id",)


class Settings(Strict):
    """Rates of errors; phi = psi accepts at random."""

    kind: Literal["noisy"] = "noisy"
    truth: str = Field(description="column that says what is right, such as math.accepted")
    phi: Rate = Field(description="share of the right candidates that it accepts")
    psi: Rate = Field(description="share of the wrong candidates that it accepts")
    seed: int = Field(default=0, ge=0, lt=2**63, description="of its errors")
    sample: str | None = Field(
        default="sample",
        description="column that tells a prompt's candidates apart, each with an error of its own; null: its text does",
    )
    reads: list[str] = Field(default=[], description="further columns, the two above among them")

    @model_validator(mode="after")
    def _reads_columns(self) -> Self:
        self.reads.extend(name for name in (self.truth, self.sample) if name and name not in self.reads)
        return self


@contextmanager
def open_verifier(settings: Settings, *, threads: int) -> Iterator["Noisy"]:
    """The verifier; nothing is held open."""
    yield Noisy(settings)


class Noisy:
    """The verifier, opened."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def judge(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        """A verdict for each candidate that has a truth; the score is 1 where it accepts, else 0."""
        settings = self.settings
        names = [
            f"{one.prompt_id}/{one.columns[settings.sample] if settings.sample else one.text}" for one in candidates
        ]
        ids = np.array([hashed(name) for name in names], dtype=np.uint64).view(np.int64)
        verdicts = []
        for candidate, drawn in zip(candidates, uniforms(settings.seed, ids).tolist(), strict=True):
            right = truth_of(candidate, settings.truth)
            if right is None:
                verdicts.append(failed(f"nothing in column {settings.truth!r}"))
            else:
                accepted = drawn < (settings.phi if right else settings.psi)
                verdicts.append(Verdict(float(accepted), accepted))
        return verdicts
