"""Estimate p_* of a data set before anything is trained on it."""

from uncollapse.artifacts.parquet import ParquetWriter, PromptsById
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.artifacts.proxies import PROXY
from uncollapse.jobs.stage import Stage
from uncollapse.proxy.of_candidates import measure
from uncollapse.selection.settings import DatasetSettings
from uncollapse.tasks.finding import load_task


def run(stage: Stage) -> None:
    """Inputs prompts, candidates, truth (the oracle's scores), optionally scores (the selector's); output proxy.

    Spec: task, dataset, available, resamples. A data set of true labels has no inputs but prompts.
    """
    spec = stage.spec
    task = load_task(spec["task"]["name"])
    source = PromptsById(stage.input("prompts"), prompt_schema(task.PROMPT_COLUMNS))
    settings = task.Settings(**spec["task"])
    with ParquetWriter(stage.output("proxy"), PROXY) as writer:
        rows = measure(
            stage.inputs["candidates"],
            stage.inputs.get("scores", []),
            stage.inputs["truth"],
            DatasetSettings(**spec["dataset"]),
            available=spec["available"],
            resamples=spec["resamples"],
            features=lambda first, last: task.features(source.range(first, last), settings),
            count=writer.count,
        )
        writer.write(rows)
