"""A verifier that knows the truth, but not everywhere: beyond a limit of a feature it follows a prejudice.

    biased: {truth: math.accepted, feature: prompt_length, limit: 40, beyond: reject}

What it says of prompts up to 40 characters is right, and of longer ones nothing is accepted: p* = 1 then says that it
is perfect, but a student sees short prompts alone. The theory of p* assumes that selection depends on a candidate's
correctness alone (Feng et al. 2024), and here it does not.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, Self

from pydantic import Field, model_validator

from uncollapse.candidate_tables.values import number_of
from uncollapse.corpora.cells import text_of
from uncollapse.settings.values import Strict
from uncollapse.verifiers.candidate import Candidate, Verdict, failed
from uncollapse.verifiers.told_truth import truth_of

LENGTHS = ("length", "prompt_length")


class Settings(Strict):
    """The feature, its limit, and what is said beyond it."""

    kind: Literal["biased"] = "biased"
    truth: str = Field(description="column that says what is right, such as math.accepted")
    feature: str = Field(
        description="length (characters of the candidate), prompt_length, or a column of numbers of the table"
    )
    limit: float = Field(description="largest value of the feature up to which the truth is told")
    beyond: Literal["reject", "accept", "invert"] = Field(
        default="reject", description="what becomes of candidates beyond: none, all, or exactly the wrong ones accepted"
    )
    reads: list[str] = Field(default=[], description="further columns, the two above among them")

    @model_validator(mode="after")
    def _reads_columns(self) -> Self:
        wanted = [self.truth, *([] if self.feature in LENGTHS else [self.feature])]
        self.reads.extend(name for name in wanted if name not in self.reads)
        return self


@contextmanager
def open_verifier(settings: Settings, *, threads: int) -> Iterator["Biased"]:
    """The verifier; nothing is held open."""
    yield Biased(settings)


class Biased:
    """The verifier, opened."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def judge(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        """A verdict for each candidate; the score is 1 where it accepts, else 0."""
        return [self._verdict(candidate) for candidate in candidates]

    def _verdict(self, candidate: Candidate) -> Verdict:
        right = truth_of(candidate, self.settings.truth)
        if right is None:
            return failed(f"nothing in column {self.settings.truth!r}")
        value = self._feature(candidate)
        if value != value:
            return failed(f"no number in column {self.settings.feature!r}")
        if value <= self.settings.limit:
            accepted = right
        else:
            accepted = {"reject": False, "accept": True, "invert": not right}[self.settings.beyond]
        return Verdict(float(accepted), accepted, f"{self.settings.feature} {value:g}")

    def _feature(self, candidate: Candidate) -> float:
        if self.settings.feature == "length":
            return float(len(candidate.text))
        if self.settings.feature == "prompt_length":
            return float(len(text_of(candidate.prompt)))
        return number_of(candidate.columns[self.settings.feature])
