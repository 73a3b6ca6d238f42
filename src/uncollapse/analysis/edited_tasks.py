"""Claims on the scores of tasks after training on edited text, and what perplexity says where no tasks were run."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from uncollapse.analysis.contrasts import Groups
from uncollapse.analysis.task_scores import ITEMS, accuracies, average_over_tasks
from uncollapse.analysis.verdict import Finding, Part, conclude, not_run, phrase
from uncollapse.downstream_tasks.items import BUILDERS, CHOICES

NO_TASKS = (
    "The claim is about the scores of tasks, which are not run here: perplexity alone cannot confirm or refute it."
)
GAIN = (
    "how much higher the average accuracy over tasks is after training on an edit than on the text as it was (points)"
)


@dataclass(frozen=True)
class Comparisons:
    """Comparisons that decide a claim, and those that stand beside it without deciding anything."""

    parts: list[Part]
    beside: list[Part]

    @property
    def words(self) -> str:
        """Every comparison with its numbers."""
        return "; ".join(map(phrase, [*self.parts, *self.beside])) or "nothing"


@dataclass(frozen=True)
class TaskScores:
    """Average accuracy in percent by group of models, and the tasks that it is over; without scores both are empty."""

    groups: Groups
    tasks: list[str]

    @staticmethod
    def of(task_scores: pd.DataFrame | None, models: pd.DataFrame, by: str) -> "TaskScores":
        """Scores of these models, grouped by one of their columns; empty where the experiment has no tasks."""
        if task_scores is None or (scores := accuracies(task_scores, models)).empty:
            return TaskScores(Groups({}, {}, math.nan, 0), [])
        group = dict(zip(models["model"], models[by], strict=True))
        averages = average_over_tasks(scores)
        averages = averages.assign(group=averages["model"].map(group))
        return TaskScores(Groups.of(averages, "group", "value"), sorted(scores["task"].unique()))

    def gain(self, label: str, name: str, before: str) -> list[Part]:
        """The difference in points of one group over another; empty where either was not asked."""
        if not {name, before} <= self.groups.means.keys():
            return []
        return [Part(label, self.groups.contrast({name: 1, before: -1}))]


def conclude_on_tasks(
    claim: str, statistic: str, perplexity: Comparisons, tasks: Comparisons, *, names: Sequence[str], missing: str
) -> Finding:
    """The verdict from gains on tasks, perplexity beside them; where there are none, perplexity decides nothing.

    Parameters
    ----------
    statistic : what is compared in perplexity.
    names : of the tasks.
    missing : what the claim takes, where no model was trained for it.
    """
    if tasks.parts:
        beside = f"Beside it: {'; '.join(map(phrase, tasks.beside))}. " if tasks.beside else ""
        return conclude(
            claim, GAIN, tasks.parts,
            opening=f"{_about(names)} {ITEMS}",
            closing=f"{beside}And {statistic}: {perplexity.words}.",
        )  # fmt: skip
    if not perplexity.parts:
        return not_run(claim, statistic, missing)
    closing = f"Beside it: {'; '.join(map(phrase, perplexity.beside)) or 'nothing'}. {NO_TASKS}"
    return replace(conclude(claim, statistic, perplexity.parts, closing=closing), verdict="inconclusive")


def _about(names: Sequence[str]) -> str:
    """A sentence on the tasks by name, and on those of them that are ours.

    >>> _about(["next_words", "piqa"])
    'Tasks: next words, piqa. Made of test passages of human corpora, with 4 choices: next words.'
    >>> _about(["next_words"])
    'Tasks: next words. Made of test passages of human corpora, with 4 choices: all.'
    """
    words = {name: name.replace("_", " ") for name in names}
    made = [words[name] for name in names if name in BUILDERS]
    which = "all" if len(made) == len(names) else ", ".join(made)
    source = f" Made of test passages of human corpora, with {CHOICES} choices: {which}." if made else ""
    return f"Tasks: {', '.join(words.values())}.{source}"
