"""Let a verifier score candidates.                 sample -> train -> label -> [verify] -> select -> train -> ..."""

from uncollapse.jobs.stage import Stage, run_stage


def verify(stage: Stage) -> None:
    """Inputs prompts, candidates (one shard); output scores. Spec: task, verifier."""
    import numpy as np

    from uncollapse.artifacts.parquet import ParquetWriter, PromptsById, row_count
    from uncollapse.artifacts.prompts import prompts
    from uncollapse.artifacts.scores import SCORES
    from uncollapse.candidates.sequences import read_candidates
    from uncollapse.tasks.finding import load_task
    from uncollapse.verifiers import load_verifier
    from uncollapse.verifiers.checks import checked_scores

    spec = stage.spec
    task = load_task(spec["task"]["name"])
    task_settings = task.Settings(**spec["task"])
    verifier = load_verifier(spec["verifier"]["kind"])
    settings = verifier.Settings(**spec["verifier"])
    source = PromptsById(stage.input("prompts"), prompts(task.PROMPT_COLUMNS))
    progress = stage.progress(unit="candidates")
    candidates = row_count(stage.input("candidates"))
    progress.start(total=candidates)
    with ParquetWriter(stage.output("scores"), SCORES) as writer:
        for group in read_candidates(stage.input("candidates")):
            judged = source.range(int(group.prompt_id[0]), int(group.prompt_id[-1]))
            scores, accepted = checked_scores(
                verifier.score(group, judged, task=task, task_settings=task_settings, settings=settings),
                shape=group.log_prob.shape,
                verifier=spec["verifier"]["kind"],
            )
            writer.write(
                {
                    "prompt_id": np.repeat(group.prompt_id, group.width),
                    "rank": np.tile(np.arange(group.width, dtype=np.int16), len(group.prompt_id)),
                    "score": scores.reshape(-1),
                    "accepted": accepted.reshape(-1) if accepted is not None else [None] * scores.size,
                }
            )
            writer.count(rows_in=scores.size, kept=scores.size)
            progress.update(writer.kept)
        assert writer.rows_in == candidates, f"{writer.rows_in} of {candidates} candidates were read"
    progress.finish()


if __name__ == "__main__":
    run_stage("verify", verify)
