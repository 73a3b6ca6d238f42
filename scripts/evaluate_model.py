"""Score a model's candidates for the test prompts.           ... -> train -> label (test prompts) -> [evaluate]"""

from uncollapse.stage import Stage, run_stage


def evaluate_model(stage: Stage) -> None:
    """Inputs prompts (test), candidates; outputs outcomes (per prompt), evaluation. Spec: task, tolerances, beams."""
    from uncollapse.artifacts import row_count, write_table
    from uncollapse.errors import ArtifactError
    from uncollapse.metrics.accuracy import accuracies, outcomes
    from uncollapse.schemas import EVALUATION, OUTCOMES
    from uncollapse.tasks import load_task

    spec = stage.spec
    task = load_task(spec["task"]["name"])
    prompts = row_count(stage.input("prompts"))
    found = outcomes(stage.input("prompts"), stage.inputs["candidates"], task, task.Settings(**spec["task"]))
    if len(found["prompt_id"]) != prompts:
        raise ArtifactError(
            f"{stage.inputs['candidates'][0]}: answers to {len(found['prompt_id']):,} of {prompts:,} test prompts;"
            " delete it and rerun labelling"
        )
    account = {"rows_in": prompts, "kept": len(found["prompt_id"])}
    write_table(stage.output("outcomes"), found, OUTCOMES, **account)
    rows = accuracies(found, spec["tolerances"], beams=spec["beams"])
    write_table(stage.output("evaluation"), rows, EVALUATION, **account)


if __name__ == "__main__":
    run_stage("evaluate_model", evaluate_model)
