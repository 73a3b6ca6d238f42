"""Let all models of a run answer a shard of a round's questions."""

import numpy as np

from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.decoding.greedy import generate
from uncollapse.experiments.rounds.artifacts import ANSWERS, QUESTIONS
from uncollapse.jobs.device import prepared
from uncollapse.jobs.sharding import shard_of
from uncollapse.jobs.stage import Stage
from uncollapse.models.decoder_weights import load_members
from uncollapse.rounds.answering import longest_answer
from uncollapse.rounds.plugins import TASKS
from uncollapse.settings.finding import load_plugin


def run(stage: Stage) -> None:
    """Inputs questions, members; output answers. Spec: task, compute, seeds, shard, shards."""
    spec = stage.spec
    device, _ = prepared(stage)
    task = load_plugin(spec["task"]["name"], package=TASKS)
    settings = task.Settings(**spec["task"])
    table = read_table(stage.input("questions"), QUESTIONS)
    mine = shard_of(len(table), spec["shard"], spec["shards"])
    table = table.slice(mine.start, len(mine))
    model = load_members([stage.input("members")], device=device)
    written = generate(
        model,
        table.column("text").to_pylist(),
        most_tokens=longest_answer(task, settings, table.column("difficulty").to_pylist()),
        progress=stage.progress(unit="questions"),
    )
    members = len(spec["seeds"])
    write_table(
        stage.output("answers"),
        {
            "question_id": np.tile(table.column("question_id").to_numpy(), members),
            "seed": np.repeat(spec["seeds"], len(table)),
            "answer": [text for each in written for text in each.texts],
            "finished": np.concatenate([each.finished for each in written]),
        },
        ANSWERS,
    )
