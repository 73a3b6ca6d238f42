"""Score a model's candidates for the test prompts."""

from uncollapse.artifacts.evaluations import EVALUATION, OUTCOMES
from uncollapse.artifacts.parquet import ParquetWriter, row_count, write_table
from uncollapse.errors import ArtifactError
from uncollapse.jobs.stage import Stage
from uncollapse.metrics.accuracy import Accuracies, outcomes
from uncollapse.tasks.finding import load_task


def run(stage: Stage) -> None:
    """Inputs prompts (test), candidates; outputs outcomes (per prompt), evaluation. Spec: task, tolerances, beams."""
    spec = stage.spec
    task = load_task(spec["task"]["name"])
    task_settings = task.Settings(**spec["task"])
    prompts = row_count(stage.input("prompts"))
    accuracies = Accuracies(spec["tolerances"], beams=spec["beams"])
    with ParquetWriter(stage.output("outcomes"), OUTCOMES) as writer:
        for found in outcomes(stage.input("prompts"), stage.inputs["candidates"], task, task_settings):
            writer.write(found)
            writer.count(rows_in=len(found["prompt_id"]), kept=len(found["prompt_id"]))
            accuracies.add(found)
        if writer.kept != prompts:
            raise ArtifactError(
                f"{stage.inputs['candidates'][0]}: answers to {writer.kept:,} of {prompts:,} test prompts; delete it"
                " and rerun labelling"
            )
    write_table(stage.output("evaluation"), accuracies.rows(), EVALUATION, rows_in=prompts, kept=prompts)
