"""What each kind of artifact of a text experiment holds; scores and learning curves are those of every experiment.

ROUGE scores are F-measures in [0, 1]; log-probabilities are in nats.
"""

import pyarrow as pa


def _field(name: str, kind: pa.DataType, meaning: str, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"meaning": meaning})


_PROMPT_ID = _field("prompt_id", pa.int64(), "row number of the prompt within its split")
_RANK = _field("rank", pa.int16(), "number of the candidate, from 0; -1 a true answer")
_METRIC = _field("metric", pa.string(), "rouge1, rouge2, rougeL: F-measure against the true answer")
_VALUE = _field("value", pa.float64(), "null where undefined", nullable=True)
_BOUNDS = (
    _field("low", pa.float64(), "lower end of the 95% interval", nullable=True),
    _field("high", pa.float64(), "upper end of the 95% interval", nullable=True),
)

TEXT_PROMPTS = pa.schema(
    [
        _PROMPT_ID,
        _field("document_id", pa.int64(), "row number of the document within its corpus"),
        _field("prompt", pa.string(), "what the model reads, template applied"),
        _field("answer", pa.string(), "the true one"),
    ]
)

TEXT_CANDIDATES = pa.schema(
    [
        _PROMPT_ID,
        _RANK,
        _field("text", pa.string(), "the answer"),
        _field("tokens", pa.list_(pa.int32()), "its token ids, the end of text included where the model wrote it"),
        _field("log_prob", pa.float32(), "of all its tokens under the model that wrote it, in nats"),
        _field("finished", pa.bool_(), "whether the model ended it by itself, before the longest allowed answer"),
    ]
)

TEXT_DATASET = pa.schema(
    [
        _field("split", pa.string(), "where the prompt comes from"),
        _PROMPT_ID,
        _RANK,
        _field("prompt", pa.string(), "what the model reads"),
        _field("answer", pa.string(), "what it learns to write"),
    ]
)

TEXT_PROXY = pa.schema(
    [
        _field("threshold", pa.float64(), "a candidate is correct if the oracle's score is above"),
        _field("chosen", pa.bool_(), "whether it is the config's threshold, the others being further ones"),
        _field("quantity", pa.string(), "such as p, phi, psi, kept_precision, p_star"),
        _VALUE,
        *_BOUNDS,
    ]
)

TEXT_OUTCOMES = pa.schema([_PROMPT_ID, _METRIC, _field("value", pa.float64(), "of the model's first candidate")])

TEXT_EVALUATION = pa.schema(
    [
        _METRIC,
        _field("prompts", pa.int64(), "test prompts"),
        _field("value", pa.float64(), "mean over test prompts"),
    ]
)

TEXT_BASELINES = pa.schema(
    [
        _field("baseline", pa.string(), "lead: the first words of what is read; random: another prompt's true answer"),
        _PROMPT_ID,
        _METRIC,
        _field("value", pa.float64(), "of the baseline's answer"),
    ]
)

TEXT_EXAMPLES = pa.schema(
    [
        _PROMPT_ID,
        _field("quantile", pa.float64(), "place among the test prompts, by the generator's first metric"),
        _field("prompt", pa.string(), "what the models read"),
        _field("answer", pa.string(), "the true one"),
        _field("model", pa.string(), "who wrote the text"),
        _field("text", pa.string(), "what it wrote"),
        _METRIC,
        _field("value", pa.float64(), "of the text"),
        _field("perplexity", pa.float64(), "of the text under the model that wrote it, per token"),
    ]
)
