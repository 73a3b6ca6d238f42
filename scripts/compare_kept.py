"""Compare the prompts a selector keeps with those it drops.          ... -> label -> verify -> select -> [compare]"""

from uncollapse.jobs.stage import Stage, run_stage


def compare_kept(stage: Stage) -> None:
    """Inputs prompts, candidates, scores; output kept. Spec: task, dataset, available."""
    from uncollapse.artifacts.kept import KEPT
    from uncollapse.artifacts.parquet import ParquetWriter
    from uncollapse.selection.compare import compare
    from uncollapse.selection.settings import DatasetSettings
    from uncollapse.tasks.finding import load_task

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


if __name__ == "__main__":
    run_stage("compare_kept", compare_kept)
