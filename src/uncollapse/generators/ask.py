"""All that is missing, asked of a server by many workers; every answer is on disk before its worker goes on."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterable, Iterator
from typing import Any, Protocol, TypeVar

from uncollapse.errors import UncollapseError
from uncollapse.generators.answer import Answer
from uncollapse.generators.commits import Commits
from uncollapse.generators.endpoint import EndpointError, in_a_row
from uncollapse.generators.front import Front
from uncollapse.generators.journal import Journal
from uncollapse.generators.question import Asking, Question
from uncollapse.jobs.progress import Progress
from uncollapse.prompts.prompt import Prompt

T = TypeVar("T")
FIRST = 20  # requests without any answer of the model, after which it is the request's fault and no prompt's
_AWAKE = 1.0  # seconds between looks at whether there is something to tell
_WAYS_OUT = {
    "rejected": "the server rejects every request ({}); mend --kind or the parameters",
    "malformed": "no reply of the server is an answer ({}); look at --endpoint, --kind and the server's own log",
    "other_model": "every answer is another model's ({}); what came is asked for again with --ask-again other_model",
}


class Asked(Protocol):
    """Whoever answers one question at a time."""

    async def ask(self, question: Question) -> Answer:
        """The answer, or one whose status is ``unanswered``."""
        ...

    @property
    def trouble(self) -> str:
        """Words on what keeps answers from coming; empty where nothing does."""
        ...


class _Tally:
    """Counts of what came, and reasons to stop."""

    def __init__(self, workers: int, asked: Asked, progress: Progress, *, again: bool) -> None:
        self.workers, self.asked, self.progress, self.again = workers, asked, progress, again
        self.statuses: Counter[str] = Counter()
        self.tokens = self.given_up = 0

    def add(self, answer: Answer) -> None:
        self.statuses[answer.status] += 1
        self.tokens += answer.completion_tokens or 0
        self.given_up = self.given_up + 1 if answer.status == "unanswered" else 0
        if self.given_up >= in_a_row(self.workers):
            raise EndpointError(
                f"the server has stopped answering ({answer.reason}); what came is kept: the same command goes on from"
                " there"
            )
        useless = sum(self.statuses[status] for status in _WAYS_OUT)
        if answer.status in _WAYS_OUT and useless >= FIRST and useless == self.statuses.total() and not self.again:
            raise EndpointError(_WAYS_OUT[answer.status].format(answer.reason))
        self.tell()

    def tell(self) -> None:
        """Say how far it is, where it is time to."""
        others = [
            f"{number:,} {status.replace('_', ' ')}" for status, number in self.statuses.items() if status != "ok"
        ]
        note = ", ".join([f"{self.tokens:,} tokens", *others, *([self.asked.trouble] if self.asked.trouble else [])])
        self.progress.update(self.statuses.total(), note=note)

    async def keep_telling(self) -> None:
        """Say it while no answers come, too."""
        while True:
            await asyncio.sleep(_AWAKE)
            self.tell()


async def ask_all(
    prompts: Iterable[Prompt],
    asking: Asking,
    samples: int,
    asked: Asked,
    journal: Journal,
    *,
    workers: int,
    front: Front,
    progress: Progress,
) -> Counter[str]:
    """Ask for every missing answer, ``workers`` at a time; counts of the new ones by status.

    Parameters
    ----------
    front : of what is missing; an old answer that is asked for again stays until the new one is there
    progress : begun by the caller

    Raises
    ------
    UncollapseError
        For a server that refuses, that has given no answer of the model to the first requests, or has stopped
        answering: once as many requests in a row were given up as :func:`in_a_row` says. What came until then is kept.
    """
    questions = front.missing.questions(prompts, asking, samples)
    tally, commits = _Tally(workers, asked, progress, again=front.missing.asks_again), Commits(journal)
    telling = asyncio.create_task(tally.keep_telling())
    try:
        await together(*(_work(questions, front, asked, commits, tally) for _ in range(workers)))
    finally:
        telling.cancel()
        await commits.close()
    return tally.statuses


async def _work(questions: Iterator[Question], front: Front, asked: Asked, commits: Commits, tally: _Tally) -> None:
    for question in questions:
        with front.in_flight(question.key):
            answer = await asked.ask(question)
            await commits.keep(question.key, answer)
        tally.add(answer)
    front.move()


async def together(first: Coroutine[Any, Any, T], *others: Coroutine[Any, Any, Any]) -> T:
    """Run coroutines at the same time and return what the first one does; an error of one ends all, and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            found = group.create_task(first)
            for other in others:
                group.create_task(other)
    except BaseExceptionGroup as several:
        raise _first_error(several) from None
    return found.result()


def _first_error(several: BaseExceptionGroup) -> BaseException:
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
