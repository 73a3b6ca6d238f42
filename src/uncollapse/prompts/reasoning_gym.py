"""Prompts drawn by the package ``reasoning-gym`` (Stojanovski et al. 2025): ``pip install 'uncollapse[reasoning]'``.

A prompt carries the entry that it came from, so that the package's own scorer can judge answers to it: the true answer,
and its ``metadata``. No question is there twice, in whatever split.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any, Self

from pydantic import Field, model_validator

from uncollapse.errors import DataError
from uncollapse.prompts.prompt import Prompt
from uncollapse.prompts.reasoning_gym_tasks import create_dataset, is_installed
from uncollapse.settings.values import Name, Strict

ANSWER, METADATA, TASK = "answer", "metadata", "task"  # columns beside a prompt
_MOST = 50  # questions looked at for one that is new
_AT_ONCE = 64


class TaskSettings(Strict):
    """One of the package's tasks at a difficulty."""

    dataset: str = Field(description="the task's name in the package, such as chain_sum")
    options: dict[str, Any] = Field(default={}, description="its settings, which say how hard it is")


class QuestionSettings(Strict):
    """Questions of tasks of reasoning-gym, as many of each task, in turn."""

    tasks: dict[Name, TaskSettings] = Field(min_length=1, description="tasks by names of yours")
    train: int = Field(ge=1, description="questions whose candidates may be learned from")
    test: int = Field(ge=1, description="questions that no model learns from, by which all are measured")
    seed: int = Field(default=0, ge=0, lt=2**31, description="of the draw of questions")
    template: str = Field(default="{question}", description="text of a prompt, with {question} in it")
    system: str | None = Field(default=None, description="instructions before every prompt, for a chat")

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Self:
        """Draw a question of each task, so that what the package refuses is told before any job.

        Where the package is not installed, the job that draws says so, and all other experiments can be run.
        """
        if self.template.count("{question}") != 1:
            raise ValueError("template must have {question} in it, once")
        if not is_installed():
            return self
        for name, task in self.tasks.items():
            try:
                _created(task, size=1, seed=self.seed)[0]
            except Exception as error:  # of any kind, as the package's tasks check their settings
                raise ValueError(
                    f"tasks.{name}: reasoning-gym refuses {task.dataset!r}: {error}; correct dataset or options"
                ) from error
        return self


def drawn(settings: QuestionSettings, split: str, *, create: Callable[..., Any] | None = None) -> Iterator[Prompt]:
    """Prompts of a split, train or test, whose ids are ``<task>-<number>``.

    The test split's are drawn first, of all tasks, so that more training prompts change no test prompt, and no question
    is drawn twice, also where two tasks have it. ``create`` stands in for the package's ``create_dataset``.

    Raises
    ------
    ConfigError
        Where reasoning-gym is not installed.
    DataError
        For a task that has fewer different questions, or one without an answer.
    """
    streams, shares, seen = [], [], set()
    for place, name in enumerate(settings.tasks):
        shares.append({part: _share(getattr(settings, part), len(settings.tasks), place) for part in ("test", "train")})
        streams.append(_Stream(name, settings, sum(shares[-1].values()), create=create))
    found: list[list[Prompt]] = []
    for part in ("test", "train"):
        found = [stream.take(share[part], seen) for stream, share in zip(streams, shares, strict=True)]
        if part == split:
            break
    for turn in zip_longest(*found):
        yield from (prompt for prompt in turn if prompt is not None)


def _share(total: int, parts: int, place: int) -> int:
    """Part number ``place`` of a total that is shared evenly."""
    return total * (place + 1) // parts - total * place // parts


class _Stream:
    """Questions of a task in the package's order, ``total`` of which are wanted."""

    def __init__(self, name: str, settings: QuestionSettings, total: int, *, create: Callable[..., Any] | None) -> None:
        self.name, self.settings, self.total = name, settings, total
        self._dataset = _created(settings.tasks[name], size=_MOST * total + _AT_ONCE, seed=settings.seed, create=create)
        self._looked_at = self._taken = 0

    def take(self, count: int, seen: set[str]) -> list[Prompt]:
        """The next ``count`` questions that are not among those seen, which they then are."""
        found: list[Prompt] = []
        task = self.settings.tasks[self.name].dataset
        while len(found) < count:
            if self._looked_at == _MOST * self.total:
                raise DataError(
                    f"questions.tasks.{self.name}: reasoning-gym's {task!r} gave {self._taken:,} different questions of"
                    f" the {self.total:,} asked for, in {self._looked_at:,}: lower train and test, or make it harder"
                    " with options"
                )
            entry = self._dataset[self._looked_at]
            self._looked_at += 1
            question = entry["question"].strip()
            if not isinstance(entry["answer"], str):
                raise DataError(f"reasoning-gym's {task!r} has no answer to {question[:80]!r}; choose another task")
            if question not in seen:
                seen.add(question)
                found.append(_prompt(self.name, self._taken, entry, question, self.settings))
                self._taken += 1
        return found


def _prompt(name: str, number: int, entry: Mapping[str, Any], question: str, settings: QuestionSettings) -> Prompt:
    further = {
        ANSWER: entry["answer"],
        METADATA: json.dumps(entry["metadata"], sort_keys=True, default=str),
        TASK: name,
    }
    return Prompt(f"{name}-{number}", settings.template.replace("{question}", question), settings.system, further)


def _created(task: TaskSettings, *, size: int, seed: int, create: Callable[..., Any] | None = None) -> Any:
    return (create or create_dataset)(task.dataset, size=size, seed=seed, **task.options)
