"""Score a model's candidates for the test prompts.           ... -> train -> label (test prompts) -> [evaluate]"""

from uncollapse.stage import Stage, run_stage


def evaluate_model(stage: Stage) -> None:
    """Inputs prompts (test), candidates; outputs outcomes (per prompt), evaluation. Spec: task, tolerances, beams."""
    from uncollapse.artifacts import write_table
    from uncollapse.metrics.accuracy import accuracies, outcomes
    from uncollapse.schemas import EVALUATION, OUTCOMES
    from uncollapse.tasks import load_task

    spec = stage.spec
    task = load_task(spec["task"]["name"])
    found = outcomes(stage.input("prompts"), stage.inputs["candidates"], task, task.Settings(**spec["task"]))
    write_table(stage.output("outcomes"), found, OUTCOMES)
    write_table(stage.output("evaluation"), accuracies(found, spec["tolerances"], beams=spec["beams"]), EVALUATION)


if __name__ == "__main__":
    run_stage("evaluate_model", evaluate_model)
