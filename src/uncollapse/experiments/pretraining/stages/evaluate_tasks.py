"""Downstream tasks of one model, by lm-evaluation-harness."""

import os
import tempfile
from pathlib import Path

from uncollapse.artifacts.parquet import read_table, write_rows
from uncollapse.artifacts.tasks import TASK_ITEMS, TASK_SCORES
from uncollapse.downstream_tasks.harness import (
    check_length,
    evaluate,
    read_definition,
    require_harness,
    with_items,
    with_own_cache,
)
from uncollapse.jobs.device import prepared
from uncollapse.jobs.stage import Stage
from uncollapse.language.artifact import load_language_model


def run(stage: Stage) -> None:
    """Inputs model, definition_K (YAML), data_K (files that it names) and items_K of the K-th task where it has them;
    output scores.

    Spec: names, limit, shots, batch_size, seed, compute.
    """
    require_harness()
    spec = stage.spec
    device, _ = prepared(stage)
    model = load_language_model(stage.input("model"), device=device)
    with tempfile.TemporaryDirectory() as folder:
        tasks = []
        for number, name in enumerate(spec["names"]):
            task = name
            if f"definition_{number}" in stage.inputs:
                definition = read_definition(stage.input(f"definition_{number}"))
                task = with_own_cache(definition, cache=Path(folder))
            if f"items_{number}" in stage.inputs:
                check_length(read_table(stage.input(f"items_{number}"), TASK_ITEMS), model, task=name)
                task = with_items(task, stage.input(f"items_{number}"), cache=Path(folder))
            tasks.append(task)
        if all(isinstance(task, dict) for task in tasks):
            os.environ.setdefault("HF_HUB_OFFLINE", "1")  # else the harness asks the hub about our local models
        rows = evaluate(
            model,
            tasks,
            batch_size=spec["batch_size"],
            limit=spec["limit"],
            shots=spec["shots"],
            seed=spec["seed"],
        )
    write_rows(stage.output("scores"), rows, TASK_SCORES)
