"""Draw questions with their true answers."""

import numpy as np

from uncollapse.artifacts.parquet import ParquetWriter, read_table
from uncollapse.experiments.rounds.artifacts import CHOSEN, QUESTIONS
from uncollapse.jobs.stage import Stage
from uncollapse.rounds.plugins import task_of
from uncollapse.rounds.questions import draw, shares


def run(stage: Stage) -> None:
    """Input chosen, where difficulties are not in the spec; output questions. Spec: task, purpose, count, seed."""
    spec = stage.spec
    task, settings = task_of(spec["task"])
    if "chosen" in stage.inputs:
        difficulties = read_table(stage.input("chosen"), CHOSEN).column("difficulty").to_pylist()
    else:
        difficulties = spec["difficulties"]
    progress = stage.progress(unit="questions")
    progress.start(total=spec["count"])
    with ParquetWriter(stage.output("questions"), QUESTIONS) as writer:
        for difficulty, count in zip(difficulties, shares(spec["count"], len(difficulties)), strict=True):
            if not count:
                continue
            drawn = draw(task, settings, difficulty=difficulty, count=count, seed=spec["seed"], purpose=spec["purpose"])
            writer.write(
                {
                    "question_id": np.arange(writer.kept, writer.kept + count),
                    "difficulty": np.full(count, difficulty, dtype=np.int32),
                    "text": [question.text for question in drawn],
                    "answer": [question.answer for question in drawn],
                    "about": [question.about for question in drawn],
                }
            )
            writer.count(rows_in=count, kept=count)
            progress.update(writer.kept)
    progress.finish()
