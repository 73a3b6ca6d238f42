"""Questions that have no answer yet, in the prompts' order."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from uncollapse.generators.journal import Journal
from uncollapse.generators.question import Asking, Question
from uncollapse.prompts.prompt import Prompt

_AT_ONCE = 256  # questions that are looked up, and held, at once; the first of them keep every worker waiting


def batches(prompts: Iterable[Prompt], asking: Asking, samples: int) -> Iterator[list[Question]]:
    """All questions of prompts, sample after sample, some hundred at a time."""
    questions = (asking.question(prompt, sample) for prompt in prompts for sample in range(samples))
    while batch := list(islice(questions, _AT_ONCE)):
        yield batch


class Missing:
    """Questions to ask: those without an answer or a reply, or with one of a status that is asked for again.

    Each key is given once, although prompts may share it. ``flying`` holds the keys that are being asked, and
    ``passed`` says how many questions, from the first on, have been given or need not be.
    """

    def __init__(self, journal: Journal, *, again: Collection[str] = ()) -> None:
        self.journal, self.again = journal, frozenset(again) | {"unanswered"}
        self.asks_again = bool(again)
        self.flying: set[bytes] = set()
        self.passed = 0
        self._asked_again: set[bytes] = set()

    def of(self, batch: list[Question]) -> list[Question]:
        """The missing ones of some questions."""
        kept = self.journal.statuses([question.key for question in batch])
        found = {}
        for question in batch:
            status = kept.get(question.key)
            if question.key in self.flying or question.key in self._asked_again:
                continue
            if status is None or status in self.again:
                found[question.key] = question
            if status in self.again:
                self._asked_again.add(question.key)
        return list(found.values())

    def questions(self, prompts: Iterable[Prompt], asking: Asking, samples: int) -> Iterator[Question]:
        """All that are missing; they are looked up when those before them have been taken."""
        for batch in batches(prompts, asking, samples):
            yield from self.of(batch)
            self.passed += len(batch)


class MissingCount:
    """Counter of what is missing, fed prompt by prompt before anything is asked."""

    def __init__(self, journal: Journal, asking: Asking, samples: int, *, again: Collection[str] = ()) -> None:
        self._missing, self._asking, self._samples = Missing(journal, again=again), asking, samples
        self._batch: list[Question] = []
        self._all_missing = not len(journal)
        self.count = 0

    def look(self, prompt: Prompt) -> None:
        """Count what is missing of one prompt."""
        if self._all_missing:
            self.count += self._samples
            return
        self._batch += [self._asking.question(prompt, sample) for sample in range(self._samples)]
        if len(self._batch) >= _AT_ONCE:
            self.total()

    def total(self) -> int:
        """How many answers are missing of all prompts seen; one that several prompts share may count for each."""
        if self._batch:
            self.count += len(self._missing.of(self._batch))
            self._batch = []
        return self.count
