"""Score a language model's answers to the test prompts."""

import numpy as np

from uncollapse.artifacts.evaluations import TEXT_EVALUATION, TEXT_OUTCOMES
from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.candidates.texts import read_text_candidates
from uncollapse.errors import ArtifactError
from uncollapse.jobs.stage import Stage
from uncollapse.metrics.rouge import rouge


def run(stage: Stage) -> None:
    """Inputs prompts (test), candidates; outputs outcomes (per prompt and metric), evaluation. Spec: metrics."""

    metrics = stage.spec["metrics"]
    prompts = read_table(stage.input("prompts"), TEXT_PROMPTS)
    texts = [several[0] for group in read_text_candidates(stage.inputs["candidates"]) for several in group.text]
    if len(texts) != len(prompts):
        raise ArtifactError(
            f"{stage.inputs['candidates'][0]}: answers to {len(texts):,} of {len(prompts):,} test prompts; delete it"
            " and rerun labelling"
        )
    found = rouge(texts, prompts.column("answer").to_pylist(), metrics)
    account = {"rows_in": len(prompts), "kept": len(prompts)}
    outcomes = {
        "prompt_id": np.tile(prompts.column("prompt_id").to_numpy(), len(metrics)),
        "metric": np.repeat(metrics, len(prompts)),
        "value": np.concatenate([found[metric] for metric in metrics]),
    }
    write_table(stage.output("outcomes"), outcomes, TEXT_OUTCOMES, **account)
    means = [float(found[metric].mean()) for metric in metrics]
    rows = {"metric": metrics, "prompts": [len(prompts)] * len(metrics), "value": means}
    write_table(stage.output("evaluation"), rows, TEXT_EVALUATION, **account)
