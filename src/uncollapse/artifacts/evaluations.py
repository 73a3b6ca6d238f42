"""Evaluations on the test prompts, one row a prompt and in all."""

from dataclasses import replace

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import PROMPT_ID, field

OUTCOMES = pa.schema(
    [
        PROMPT_ID,
        field("first_error", pa.float64(), "error of the most probable candidate; NaN where undefined", nan=True),
        field("best_error", pa.float64(), "smallest error among all candidates; NaN where undefined", nan=True),
    ]
)

EVALUATION = pa.schema(
    [
        field("selection", pa.string(), "verify_best: the model's own first choice; verify_all: any candidate"),
        field("beams", pa.int32(), "beam width"),
        field("tolerance", pa.float64(), "an answer is correct if its error is below this"),
        field("prompts", pa.int64(), "test prompts"),
        field("correct", pa.int64(), "test prompts answered correctly"),
        field("accuracy", pa.float64(), "correct / prompts, a fraction"),
    ]
)

_METRIC = field("metric", pa.string(), "rouge1, rouge2, rougeL: F-measure against the true answer")

TEXT_OUTCOMES = pa.schema([PROMPT_ID, _METRIC, field("value", pa.float64(), "of the model's first candidate")])

TEXT_EVALUATION = pa.schema(
    [
        _METRIC,
        field("prompts", pa.int64(), "test prompts"),
        field("value", pa.float64(), "mean over test prompts"),
    ]
)

TEXT_BASELINES = pa.schema(
    [
        field("baseline", pa.string(), "lead: the first words of what is read; random: another prompt's true answer"),
        PROMPT_ID,
        _METRIC,
        field("value", pa.float64(), "of the baseline's answer"),
    ]
)

TEXT_EXAMPLES = pa.schema(
    [
        PROMPT_ID,
        field("quantile", pa.float64(), "place among the test prompts, by the generator's first metric"),
        field("prompt", pa.string(), "what the models read"),
        field("answer", pa.string(), "the true one"),
        field("model", pa.string(), "who wrote the text"),
        field("text", pa.string(), "what it wrote"),
        _METRIC,
        field("value", pa.float64(), "of the text"),
        field("perplexity", pa.float64(), "of the text under the model that wrote it, per token"),
    ]
)

OUTCOME_FILES = Artifact(path="outcomes/{model}.{decoding}.parquet", schema=OUTCOMES, key=("prompt_id",))
EVALUATION_FILES = Artifact(
    path="evaluations/{model}.{decoding}.parquet", schema=EVALUATION, key=("selection", "beams", "tolerance")
)
TEXT_OUTCOME_FILES = replace(OUTCOME_FILES, schema=TEXT_OUTCOMES, key=("prompt_id", "metric"))
TEXT_EVALUATION_FILES = replace(EVALUATION_FILES, schema=TEXT_EVALUATION, key=("metric",))
BASELINE_FILES = Artifact(path="baselines/test.parquet", schema=TEXT_BASELINES, key=("baseline", "prompt_id", "metric"))
EXAMPLE_FILES = Artifact(path="examples/test.parquet", schema=TEXT_EXAMPLES, key=("prompt_id", "model"))
