"""Surprise of a candidate to the model that wrote it, by the log-probability that came with it; no model is run.

Perplexity is exp(-log_prob / T) of the T tokens of the answer. ``uncollapse sample`` writes both columns, of a model in
process always, of a server with ``--logprobs``. Without ``highest`` candidates are ranked and none is rejected.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, Self

from pydantic import Field, model_validator

from uncollapse.candidate_tables.values import number_of
from uncollapse.verifiers.bounds import Bounded
from uncollapse.verifiers.candidate import Candidate, Verdict, failed


class Settings(Bounded):
    """Columns, and the largest perplexity that is accepted."""

    kind: Literal["perplexity"] = "perplexity"
    highest: float | None = Field(default=None, gt=1, description="largest perplexity that is accepted")
    log_prob: str = Field(default="log_prob", description="column of log-probabilities of whole answers, in nats")
    tokens: str = Field(default="completion_tokens", description="column of their numbers of tokens")
    reads: list[str] = Field(default=[], description="further columns, the two above among them")

    @model_validator(mode="after")
    def _reads_columns(self) -> Self:
        self.reads.extend(name for name in (self.log_prob, self.tokens) if name not in self.reads)
        return self


@contextmanager
def open_verifier(settings: Settings, *, threads: int) -> Iterator["Perplexity"]:
    """The verifier; nothing is held open."""
    yield Perplexity(settings)


class Perplexity:
    """The verifier, opened."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def judge(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        """A verdict for each candidate; the score is minus its perplexity."""
        return [self._verdict(candidate) for candidate in candidates]

    def _verdict(self, candidate: Candidate) -> Verdict:
        log_prob, tokens = (
            number_of(candidate.columns[name]) for name in (self.settings.log_prob, self.settings.tokens)
        )
        if math.isnan(log_prob) or not tokens > 0:
            return failed(f"no log-probability in columns {self.settings.log_prob!r} and {self.settings.tokens!r}")
        perplexity = math.exp(min(-log_prob / tokens, 700.0))
        highest = self.settings.highest
        return Verdict(-perplexity, None if highest is None else perplexity <= highest, f"perplexity {perplexity:.4g}")
