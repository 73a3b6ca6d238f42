"""Let a verifier score candidates."""

from uncollapse.artifacts.parquet import PromptsById, row_count
from uncollapse.artifacts.prompts import prompts
from uncollapse.candidates.sequences import read_candidates
from uncollapse.jobs.stage import Stage
from uncollapse.tasks.finding import load_task
from uncollapse.verifiers.finding import load_verifier
from uncollapse.verifiers.scoring import write_scores


def run(stage: Stage) -> None:
    """Inputs prompts, candidates (one shard); output scores. Spec: task, verifier."""
    spec = stage.spec
    task = load_task(spec["task"]["name"])
    verifier = load_verifier(spec["verifier"]["kind"], of="sequences")
    write_scores(
        stage.output("scores"),
        verifier,
        verifier.Settings(**spec["verifier"]),
        read_candidates(stage.input("candidates")),
        PromptsById(stage.input("prompts"), prompts(task.PROMPT_COLUMNS)),
        total=row_count(stage.input("candidates")),
        progress=stage.progress(unit="candidates"),
        task=task,
        task_settings=task.Settings(**spec["task"]),
    )
