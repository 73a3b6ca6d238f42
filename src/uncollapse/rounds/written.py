"""Answers that several models wrote to the same questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.rounds.question import Question


@dataclass(frozen=True)
class Answers:
    """Answers of M models to N questions of a task.

    Parameters
    ----------
    difficulties : (N,) of the questions
    texts : M lists of N answers
    finished : (M, N) whether a model ended its answer by itself
    """

    task: ModuleType
    settings: Any
    questions: Sequence[Question]
    difficulties: NDArray[np.int64]
    texts: Sequence[Sequence[str]]
    finished: NDArray[np.bool_]

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """(M, N) whether each answer is right; one without an end is not."""
        judged = [
            [
                self.task.is_right(answer, question, self.settings)
                for answer, question in zip(mine, self.questions, strict=True)
            ]
            for mine in self.texts
        ]
        return np.array(judged, dtype=bool).reshape(self.finished.shape) & self.finished

    @cached_property
    def votes(self) -> NDArray[np.int64]:
        """(M, N) how many of the models wrote the same answer, the one that wrote it included."""
        columns = list(zip(*self.texts, strict=True))
        return np.array([[column.count(answer) for answer in column] for column in columns]).reshape(
            len(columns), len(self.texts)
        ).T  # fmt: skip
