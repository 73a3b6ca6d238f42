"""Draw the prompts of one split, with their true answers."""

from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.artifacts.prompts import prompts
from uncollapse.jobs.stage import Stage
from uncollapse.tasks import sampling
from uncollapse.tasks.finding import load_task


def run(stage: Stage) -> None:
    """Output prompts. Spec: task, split, count, seed."""
    spec = stage.spec
    task = load_task(spec["task"]["name"])
    settings = task.Settings(**spec["task"])
    progress = stage.progress(unit="prompts")
    progress.start(total=spec["count"])
    with ParquetWriter(stage.output("prompts"), prompts(task.PROMPT_COLUMNS)) as writer:
        for table in sampling.sample(
            task, settings, split=spec["split"], count=spec["count"], seed=spec["seed"], threads=stage.threads
        ):
            writer.write({name: table.column(name) for name in table.column_names})
            writer.count(rows_in=len(table), kept=len(table))
            progress.update(writer.kept)
    progress.finish()
