"""Answers of a run's models to a table of questions, within a job."""

from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.jobs.stage import Stage
from uncollapse.rounds.answering import longest_answer
from uncollapse.settings.finding import module_name

MEMBERS = "experiments.rounds.members"

Answered = tuple[list[str], NDArray[np.bool_]]  # N answers, and (N,) whether the model ended each by itself


def answers_of_members(stage: Stage, task: ModuleType, settings: Any, questions: pa.Table) -> list[Answered]:
    """Greedy answers of each model of a stage's input members to its questions: text, difficulty.

    Spec: members (a module of :mod:`uncollapse.experiments.rounds.members`), and what that asks for.
    """
    most = longest_answer(task, settings, questions.column("difficulty").to_pylist())
    models = import_module(module_name(stage.spec["members"], package=MEMBERS))
    return models.answers(stage, questions.column("text").to_pylist(), most)
