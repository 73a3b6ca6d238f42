"""Let all models of a run answer a shard of a round's questions."""

import numpy as np

from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.experiments.rounds.answers import answers_of_members
from uncollapse.experiments.rounds.artifacts import ANSWERS, QUESTIONS
from uncollapse.jobs.sharding import shard_of
from uncollapse.jobs.stage import Stage
from uncollapse.rounds.plugins import task_of


def run(stage: Stage) -> None:
    """Inputs questions, members; output answers. Spec: task, seeds, shard, shards, members with what they ask for."""
    spec = stage.spec
    task, settings = task_of(spec["task"])
    table = read_table(stage.input("questions"), QUESTIONS)
    mine = shard_of(len(table), spec["shard"], spec["shards"])
    table = table.slice(mine.start, len(mine))
    written = answers_of_members(stage, task, settings, table)
    members = len(spec["seeds"])
    write_table(
        stage.output("answers"),
        {
            "question_id": np.tile(table.column("question_id").to_numpy(), members),
            "seed": np.repeat(spec["seeds"], len(table)),
            "answer": [text for texts, _ in written for text in texts],
            "finished": np.concatenate([finished for _, finished in written]),
        },
        ANSWERS,
    )
