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

    Of each task's stream of different questions the first ones are the test split's, so that more training prompts
    change no test prompt. ``create`` stands in for the package's ``create_dataset``.

    Raises
    ------
    ConfigError
        Where reasoning-gym is not installed.
    DataError
        For a task that has fewer different questions, or one without an answer.
    """
    streams = []
    for place, name in enumerate(settings.tasks):
        test, train = (_share(total, len(settings.tasks), place) for total in (settings.test, settings.train))
        questions = _different(name, settings, test + train, create=create)
        streams.append(questions[:test] if split == "test" else questions[test:])
    for turn in zip_longest(*streams):
        yield from (prompt for prompt in turn if prompt is not None)


def _share(total: int, parts: int, place: int) -> int:
    """Part number ``place`` of a total that is shared evenly."""
    return total * (place + 1) // parts - total * place // parts


def _different(name: str, settings: QuestionSettings, count: int, *, create: Callable[..., Any] | None) -> list[Prompt]:
    """The first ``count`` different questions of a task."""
    task, seen, found = settings.tasks[name], set(), []
    dataset = _created(task, size=_MOST * count + _AT_ONCE, seed=settings.seed, create=create)
    for number in range(_MOST * count):
        if len(found) == count:
            break
        entry = dataset[number]
        question = entry["question"].strip()
        if not isinstance(entry["answer"], str):
            raise DataError(f"reasoning-gym's {task.dataset!r} has no answer to {question[:80]!r}; choose another task")
        if question not in seen:
            seen.add(question)
            found.append(_prompt(name, len(found), entry, question, settings))
    if len(found) < count:
        raise DataError(
            f"questions.tasks.{name}: reasoning-gym's {task.dataset!r} gave {len(found):,} different questions of the"
            f" {count:,} asked for, in {_MOST * count:,}: lower train and test, or make it harder with options"
        )
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
