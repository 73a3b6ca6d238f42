"""Keep the candidates a model will be trained on."""

from uncollapse.artifacts.datasets import DATASET
from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.errors import ArtifactError, DataError
from uncollapse.jobs.stage import Stage
from uncollapse.selection.select import select_labels, select_synthesized
from uncollapse.selection.settings import DatasetSettings
from uncollapse.tasks.finding import load_task


def run(stage: Stage) -> None:
    """Inputs prompts, and for synthesized data candidates (shards) and scores (shards); output dataset.

    Spec: task, dataset, available (labelled prompts).
    """
    spec = stage.spec
    task = load_task(spec["task"]["name"])
    task_settings = task.Settings(**spec["task"])
    settings = DatasetSettings(**spec["dataset"])
    with ParquetWriter(stage.output("dataset"), DATASET) as writer:
        if settings.decoding is None:
            select_labels(writer, stage.input("prompts"), task, task_settings, settings)
        else:
            select_synthesized(
                writer,
                stage.input("prompts"),
                stage.inputs["candidates"],
                stage.inputs.get("scores", []),
                task,
                task_settings,
                settings,
                available=spec["available"],
            )
        if writer.rows_in != spec["available"]:
            raise ArtifactError(
                f"{stage.input('prompts')}: {writer.rows_in:,} prompts, but config asks for {spec['available']:,};"
                " delete it and rerun sampling"
            )
        if settings.size is not None and writer.kept < settings.size:
            raise DataError(
                f"{stage.outputs['dataset']}: {writer.kept:,} of {writer.rows_in:,} prompts are kept, but its size is"
                f" {settings.size:,}: raise sample.synthesize (and the decoding's prompts), or lower the size"
            )
