"""Test all models of a run on questions of every difficulty."""

import numpy as np

from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.decoding.greedy import generate
from uncollapse.experiments.rounds.artifacts import ACCURACIES, QUESTIONS
from uncollapse.jobs.device import prepared
from uncollapse.jobs.stage import Stage
from uncollapse.models.decoder_weights import load_members
from uncollapse.rounds.answering import judged, longest_answer
from uncollapse.rounds.plugins import TASKS
from uncollapse.settings.finding import load_plugin


def run(stage: Stage) -> None:
    """Inputs questions (test), members; output accuracies. Spec: task, compute, seeds."""
    spec = stage.spec
    device, _ = prepared(stage)
    task = load_plugin(spec["task"]["name"], package=TASKS)
    settings = task.Settings(**spec["task"])
    table = read_table(stage.input("questions"), QUESTIONS)
    model = load_members([stage.input("members")], device=device)
    written = generate(
        model,
        table.column("text").to_pylist(),
        most_tokens=longest_answer(task, settings, table.column("difficulty").to_pylist()),
        progress=stage.progress(unit="questions"),
    )
    answers = judged(task, settings, table, [each.texts for each in written], [each.finished for each in written])
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
