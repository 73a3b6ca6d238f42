"""Pick test prompts for people to read, with what the models wrote."""

import numpy as np

from uncollapse.artifacts.evaluations import TEXT_EXAMPLES, TEXT_OUTCOMES
from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.candidates.texts import TextCandidates, read_text_candidates
from uncollapse.experiments.text.examples import example_rows
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Inputs prompts (test), candidates and outcomes (a file per model, the generator's first); output examples.

    Spec: metric.
    """

    metric = stage.spec["metric"]
    prompts = read_table(stage.input("prompts"), TEXT_PROMPTS)
    answers, scores = {}, {}
    for candidates, outcomes in zip(stage.inputs["candidates"], stage.inputs["outcomes"], strict=True):
        model, _, _ = outcomes.stem.partition(".")
        groups = list(read_text_candidates(candidates))
        answers[model] = TextCandidates(
            prompt_id=np.concatenate([group.prompt_id for group in groups]),
            text=[several for group in groups for several in group.text],
            tokens=[several for group in groups for several in group.tokens],
            log_prob=np.concatenate([group.log_prob for group in groups]),
        )
        found = read_table(outcomes, TEXT_OUTCOMES).to_pandas()
        scores[model] = found[found["metric"] == metric].sort_values("prompt_id")["value"].to_numpy()
    rows = example_rows(prompts, answers, scores, generator=next(iter(answers)), metric=metric)
    shown = len(set(rows["prompt_id"]))
    account = {"rows_in": len(prompts), "kept": shown, "dropped": {"not picked": len(prompts) - shown}}
    write_table(stage.output("examples"), rows, TEXT_EXAMPLES, **account)
