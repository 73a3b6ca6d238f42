"""Judgement of what models write to questions."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.rounds.question import Question
from uncollapse.rounds.written import Answers

_SPARE = 4  # characters beyond the longest right answer, so that one that is too long is told from one without an end


def longest_answer(task: ModuleType, settings: Any, difficulties: Sequence[int]) -> int:
    """Tokens after which a model is stopped."""
    return max(task.longest(difficulty, settings) for difficulty in set(difficulties)) + _SPARE


def judged(
    task: ModuleType,
    settings: Any,
    questions: pa.Table,
    texts: Sequence[Sequence[str]],
    finished: Sequence[NDArray[np.bool_]],
) -> Answers:
    """Answers of M models to a table of questions: text, answer, about, difficulty."""
    columns = (questions.column(name).to_pylist() for name in Question._fields)
    return Answers(
        task=task,
        settings=settings,
        questions=[Question(*row) for row in zip(*columns, strict=True)],
        difficulties=questions.column("difficulty").to_numpy().astype(np.int64),
        texts=texts,
        finished=np.stack(list(finished)),
    )
