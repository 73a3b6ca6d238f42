"""Agreement: share of a prompt's candidates that give the same final answer (self-consistency, Wang et al. 2023).

The answers of all candidates are read first, into a file on disk, so that a prompt's candidates may stand anywhere in
the table. Numbers are the same where their values are, other answers where their texts are, without capitals and
spaces. A candidate without an answer counts among its prompt's candidates and agrees with none.

By ``accept`` a candidate is accepted that gives the answer most of its prompt's candidates give (``most``), or one that
at least the share ``lowest`` gives. Two answers that as many give are a tie: ``none`` of them is accepted, or the
``first`` one that stands in the table.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, Self

from pydantic import Field, model_validator

from uncollapse.verifiers.candidate import Candidate, Verdict, failed
from uncollapse.verifiers.children.pool import Children
from uncollapse.verifiers.final_answer import Where, final_answer
from uncollapse.verifiers.limits import Limited
from uncollapse.verifiers.mathematics.literal import literal
from uncollapse.verifiers.mathematics.reading import normal
from uncollapse.verifiers.mathematics.units import split_unit
from uncollapse.verifiers.pattern import Pattern, found_by


class Settings(Limited):
    """Places of answers, and which are accepted."""

    kind: Literal["agreement"] = "agreement"
    answer_from: Where = Field(default="auto", description="what is boxed, else announced, else the last number")
    answer_regex: Pattern | None = Field(default=None, description="expression whose first group is the answer")
    accept: Literal["most", "lowest"] = Field(default="most", description="the commonest answer, or by share")
    lowest: float | None = Field(default=None, gt=0, le=1, description="share of candidates with the same answer")
    ties: Literal["none", "first"] = Field(default="none", description="of two commonest answers")
    least_candidates: int = Field(default=2, ge=1, description="of a prompt, below which there is no verdict")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.accept == "lowest") != (self.lowest is not None):
            raise ValueError("accept: lowest and the share lowest go together")
        return self


def answer_of(candidate: Candidate, settings: Settings) -> str | None:
    """The final answer in the form in which answers are compared."""
    if settings.answer_regex is not None:
        given = found_by(settings.answer_regex, candidate.text)
    else:
        given = final_answer(candidate.text, settings.answer_from)
    if given is None:
        return None
    number, unit = split_unit(normal(given))
    value = literal(number)
    if value is None:
        return " ".join(normal(given).casefold().split())
    value = value / 100 if unit == "%" else value
    return f"{value} {unit}" if unit and unit != "%" else str(value)


@contextmanager
def open_verifier(settings: Settings, *, threads: int) -> Iterator["Agreement"]:
    """Child processes that read answers, and a file of how often each stands, which is gone in the end."""
    with (
        TemporaryDirectory(prefix="agreement-") as folder,
        closing(sqlite3.connect(Path(folder) / "answers.sqlite")) as answers,
        Children(settings.kind, settings, threads=threads, function="answer_of") as children,
    ):
        yield Agreement(settings, answers, children)


class Agreement:
    """The verifier, opened: :meth:`survey` reads all candidates, :meth:`judge` looks up."""

    def __init__(self, settings: Settings, answers: sqlite3.Connection, children: Children) -> None:
        self.settings, self.answers, self.children = settings, answers, children
        answers.execute("PRAGMA journal_mode = OFF")
        answers.execute("PRAGMA synchronous = OFF")
        answers.execute(
            "CREATE TABLE given (prompt TEXT, answer TEXT, times INTEGER, first INTEGER, PRIMARY KEY (prompt, answer))"
            " WITHOUT ROWID"
        )
        self.read = 0

    def survey(self, candidates: Sequence[Candidate]) -> None:
        """Count the answers of some candidates; a missing one is the empty text."""
        rows = []
        for candidate, outcome in zip(candidates, self.children.map(candidates), strict=True):
            self.read += 1
            rows.append((candidate.prompt_id, outcome.value or "", self.read))
        self.answers.executemany(
            "INSERT INTO given VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET times = times + 1", rows
        )

    def judge(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        """A verdict for each candidate of those surveyed; the score is the share of its prompt's with its answer."""
        return [
            self._verdict(candidate.prompt_id, outcome.value or "", outcome.failure)
            for candidate, outcome in zip(candidates, self.children.map(candidates), strict=True)
        ]

    def _verdict(self, prompt: str, answer: str, failure: str) -> Verdict:
        if failure:
            return failed(failure)
        if not prompt:
            return failed("no prompt, with whose other candidates it is compared")
        given = self.answers.execute(
            "SELECT answer, times FROM given WHERE prompt = ? ORDER BY times DESC, first", [prompt]
        ).fetchall()
        total = sum(times for _, times in given)
        if total < self.settings.least_candidates:
            return failed(f"agreement takes {self.settings.least_candidates} candidates of a prompt; it has {total}")
        if not answer:
            return Verdict(0.0, False, "no final answer found")
        times = dict(given)[answer]
        share, told = times / total, f"{answer[:_SHOWN]}: {times} of {total}"
        if self.settings.lowest is not None:
            return Verdict(share, share >= self.settings.lowest, told)
        best = [other for other, count in given if other and count == max(n for text, n in given if text)]
        if answer not in best:
            return Verdict(share, False, told)
        if len(best) > 1 and (self.settings.ties == "none" or answer != best[0]):
            return Verdict(share, False, f"{told}, a tie of {len(best)} answers")
        return Verdict(share, True, told)


NEEDS = ("prompt_id",)
_SHOWN = 60  # characters of an answer in a reason
