"""Answers of a run's models to a table of questions, within a job."""

from types import ModuleType
from typing import Any

import pyarrow as pa

from uncollapse.decoding.greedy import Written, generate
from uncollapse.jobs.device import prepared
from uncollapse.jobs.stage import Stage
from uncollapse.models.decoder_weights import load_members
from uncollapse.rounds.answering import longest_answer


def answers_of_members(stage: Stage, task: ModuleType, settings: Any, questions: pa.Table) -> list[Written]:
    """Greedy answers of each model of a stage's input members to its questions: text, difficulty."""
    device, _ = prepared(stage)
    return generate(
        load_members([stage.input("members")], device=device),
        questions.column("text").to_pylist(),
        most_tokens=longest_answer(task, settings, questions.column("difficulty").to_pylist()),
        progress=stage.progress(unit="questions"),
    )
