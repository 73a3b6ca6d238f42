"""Compare the prompts a selector keeps with those it drops."""

from uncollapse.artifacts.kept import KEPT
from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.jobs.stage import Stage
from uncollapse.selection.compare import compare
from uncollapse.selection.settings import DatasetSettings
from uncollapse.tasks.finding import load_task


def run(stage: Stage) -> None:
    """Inputs prompts, candidates, scores; output kept. Spec: task, dataset, available."""
    spec = stage.spec
    task = load_task(spec["task"]["name"])
    with ParquetWriter(stage.output("kept"), KEPT) as writer:
        rows = compare(
            stage.input("prompts"),
            stage.inputs["candidates"],
            stage.inputs["scores"],
            task,
            task.Settings(**spec["task"]),
            DatasetSettings(**spec["dataset"]),
            available=spec["available"],
            count=writer.count,
        )
        writer.write(rows)
