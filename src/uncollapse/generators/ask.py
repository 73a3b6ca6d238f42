"""All that is missing, asked of a server by many workers; every answer is on disk before its worker goes on."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from uncollapse.errors import UncollapseError
from uncollapse.generators.answer import Answer
from uncollapse.generators.commits import Commits
from uncollapse.generators.endpoint import EndpointError
from uncollapse.generators.journal import Journal
from uncollapse.generators.missing import Missing
from uncollapse.generators.question import Asking, Question
from uncollapse.jobs.progress import Progress
from uncollapse.prompts.prompt import Prompt

REJECTED = 20  # requests in a row from the first on, after which it is the request's fault and no prompt's


class Asked(Protocol):
    """Whoever answers one question at a time."""

    async def ask(self, question: Question) -> Answer:
        """The answer, or one whose status is ``unanswered``."""
        ...


class _Tally:
    """Counts of what came, and reasons to stop."""

    def __init__(self, workers: int, progress: Progress) -> None:
        self.workers, self.progress = workers, progress
        self.statuses: Counter[str] = Counter()
        self.tokens = self.given_up = 0

    def add(self, answer: Answer) -> None:
        self.statuses[answer.status] += 1
        self.tokens += answer.completion_tokens or 0
        self.given_up = self.given_up + 1 if answer.status == "unanswered" else 0
        if self.given_up >= self.workers:
            raise EndpointError(
                f"the server has stopped answering ({answer.reason}); what came is kept: the same command goes on from"
                " there"
            )
        if self.statuses["rejected"] >= REJECTED and self.statuses["rejected"] == self.statuses.total():
            raise EndpointError(f"the server rejects every request ({answer.reason}); mend --kind or the parameters")
        self.progress.update(self.statuses.total(), note=f"{self.tokens:,} tokens")


async def ask_all(
    prompts: Iterable[Prompt],
    asking: Asking,
    samples: int,
    asked: Asked,
    journal: Journal,
    *,
    workers: int,
    again: Collection[str] = (),
    progress: Progress,
) -> Counter[str]:
    """Ask for every missing answer, ``workers`` at a time; counts of the new ones by status.

    Parameters
    ----------
    again : statuses of kept answers that are asked for again; the old one stays until the new one is there
    progress : begun by the caller

    Raises
    ------
    UncollapseError
        For a server that refuses, or has stopped answering: once as many requests in a row as there are workers were
        given up. What came until then is kept.
    """
    missing = Missing(journal, again=again)
    questions = missing.questions(prompts, asking, samples)
    tally, commits = _Tally(workers, progress), Commits(journal)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(_work(questions, missing.flying, asked, commits, tally))
    except BaseExceptionGroup as several:
        raise _first(several) from None
    finally:
        await commits.close()
    return tally.statuses


async def _work(
    questions: Iterator[Question], flying: set[bytes], asked: Asked, commits: Commits, tally: _Tally
) -> None:
    for question in questions:
        with _in_flight(question.key, flying):
            answer = await asked.ask(question)
            if answer.status != "unanswered":
                await commits.keep(question.key, answer)
        tally.add(answer)


@contextlib.contextmanager
def _in_flight(key: bytes, flying: set[bytes]) -> Iterator[None]:
    flying.add(key)
    try:
        yield
    finally:
        flying.discard(key)


def _first(several: BaseExceptionGroup) -> BaseException:
    """The error to tell: one in words before any other."""
    every: list[BaseException] = []
    todo: list[BaseException] = [several]
    while todo:
        error = todo.pop()
        if isinstance(error, BaseExceptionGroup):
            todo += error.exceptions
        else:
            every.append(error)
    return next((error for error in every if isinstance(error, UncollapseError)), every[0])
