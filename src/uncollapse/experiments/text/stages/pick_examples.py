"""Pick a few test prompts with what each model wrote, for people to read; chosen by rank, not by eye."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.evaluations import TEXT_EXAMPLES, TEXT_OUTCOMES
from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.candidates.texts import TextCandidates, read_text_candidates
from uncollapse.jobs.stage import Stage

QUANTILES = (0.1, 0.5, 0.9)  # of the generator's score on test prompts


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


def picked(scores: NDArray[np.float64]) -> list[int]:
    """Rows at the quantiles of ``scores`` (N,), the lower one where a quantile falls between two.

    >>> picked(np.array([0.3, 0.1, 0.2]))
    [1, 2, 0]
    """
    order = np.argsort(scores, kind="stable")
    return [int(order[round(quantile * (len(order) - 1))]) for quantile in QUANTILES]


def example_rows(
    prompts: pa.Table,
    answers: Mapping[str, TextCandidates],
    scores: Mapping[str, NDArray[np.float64]],
    *,
    generator: str,
    metric: str,
) -> dict[str, Sequence[Any]]:
    """Columns of TEXT_EXAMPLES: for each picked prompt every model's first answer, with score and perplexity."""
    columns: dict[str, list[Any]] = {}
    for quantile, row in zip(QUANTILES, picked(scores[generator]), strict=True):
        prompt = prompts.slice(row, 1).to_pylist()[0]
        for model, written in answers.items():
            tokens = max(1, len(written.tokens[row][0]))
            values = {
                "prompt_id": prompt["prompt_id"],
                "quantile": quantile,
                "prompt": prompt["prompt"],
                "answer": prompt["answer"],
                "model": model,
                "text": written.text[row][0],
                "metric": metric,
                "value": float(scores[model][row]),
                "perplexity": float(np.exp(-written.log_prob[row, 0] / tokens)),
            }
            for name, value in values.items():
                columns.setdefault(name, []).append(value)
    return columns
