"""Test all models of a run on questions of every difficulty."""

import numpy as np

from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.experiments.rounds.answers import answers_of_members
from uncollapse.experiments.rounds.artifacts import ACCURACIES, QUESTIONS
from uncollapse.jobs.stage import Stage
from uncollapse.rounds.answering import judged
from uncollapse.rounds.plugins import task_of


def run(stage: Stage) -> None:
    """Inputs questions (test), members; output accuracies. Spec: task, seeds, members with what they ask for."""
    spec = stage.spec
    task, settings = task_of(spec["task"])
    table = read_table(stage.input("questions"), QUESTIONS)
    written = answers_of_members(stage, task, settings, table)
    answers = judged(task, settings, table, *zip(*written, strict=True))
    agreed = (answers.votes == len(spec["seeds"])).all(0)
    rows = []
    for seed, right in zip(spec["seeds"], answers.right, strict=True):
        for difficulty in np.unique(answers.difficulties):
            mine = answers.difficulties == difficulty
            rows.append(
                (
                    seed,
                    difficulty,
                    task.spoken(int(difficulty), settings),
                    mine.sum(),
                    right[mine].sum(),
                    agreed[mine].sum(),
                )
            )
    write_table(
        stage.output("accuracies"), dict(zip(ACCURACIES.names, zip(*rows, strict=True), strict=True)), ACCURACIES
    )
