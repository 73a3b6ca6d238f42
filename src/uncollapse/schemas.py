"""What each kind of artifact holds. Fractions lie in [0, 1]; log-probabilities are in nats."""

import pyarrow as pa


def _field(name: str, kind: pa.DataType, meaning: str, *, nullable: bool = False, nan: bool = False) -> pa.Field:
    """A column without nulls and NaN, unless it says otherwise."""
    return pa.field(name, kind, nullable=nullable, metadata={"meaning": meaning} | ({"nan": "allowed"} if nan else {}))


_PROMPT_ID = _field("prompt_id", pa.int64(), "row number of the prompt within its split")
_RANK = _field("rank", pa.int16(), "0 is the most probable candidate; -1 a true answer")
_TOKENS = pa.list_(pa.int16())


def prompts(task_columns: list[pa.Field]) -> pa.Schema:
    """Prompts of one split, with the task's own columns."""
    return pa.schema([_PROMPT_ID, *task_columns])


CANDIDATES = pa.schema(
    [
        _PROMPT_ID,
        _RANK,
        _field("tokens", _TOKENS, "the answer's token ids"),
        _field("log_prob", pa.float32(), "of the whole answer under the model that wrote it, in nats"),
    ]
)

SCORES = pa.schema(
    [
        _PROMPT_ID,
        _RANK,
        _field("score", pa.float64(), "the verifier's judgement, higher is better"),
        _field("accepted", pa.bool_(), "whether the verifier lets it pass; null where it only ranks", nullable=True),
    ]
)

DATASET = pa.schema(
    [
        _field("split", pa.string(), "where the prompt comes from"),
        _PROMPT_ID,
        _RANK,
        _field("prompt_tokens", _TOKENS, "what the model reads"),
        _field("answer_tokens", _TOKENS, "what it learns to write"),
    ]
)

CURVE = pa.schema(
    [
        _field("step", pa.int64(), "optimization steps done"),
        _field("examples", pa.int64(), "examples seen, repeats counted"),
        _field("loss", pa.float64(), "mean since the row before, nats per token"),
        _field("learning_rate_factor", pa.float64(), "share of the full learning rate"),
        _field("validation_loss", pa.float64(), "on true answers, nats per token", nullable=True),
        _field(
            "validation_accuracy",
            pa.float64(),
            "greedy, within validation_tolerance, a fraction",
            nullable=True,
        ),
    ]
)

PROXY = pa.schema(
    [
        _field("quantity", pa.string(), "such as p, phi, psi, kept_precision, p_star"),
        _field("value", pa.float64(), "null where undefined", nullable=True),
        _field("low", pa.float64(), "lower end of the 95% interval", nullable=True),
        _field("high", pa.float64(), "upper end of the 95% interval", nullable=True),
    ]
)

KEPT = pa.schema(
    [
        _field("feature", pa.string(), "what is compared"),
        *(
            _field(f"{group}_{part}", pa.float64(), f"{group} prompts, {part} (95%)", nullable=True)
            for group in ("kept", "dropped")
            for part in ("mean", "low", "high")
        ),
    ]
)

OUTCOMES = pa.schema(
    [
        _PROMPT_ID,
        _field("first_error", pa.float64(), "error of the most probable candidate; NaN where undefined", nan=True),
        _field("best_error", pa.float64(), "smallest error among all candidates; NaN where undefined", nan=True),
    ]
)

EVALUATION = pa.schema(
    [
        _field("selection", pa.string(), "verify_best: the model's own first choice; verify_all: any candidate"),
        _field("beams", pa.int32(), "beam width"),
        _field("tolerance", pa.float64(), "an answer is correct if its error is below this"),
        _field("prompts", pa.int64(), "test prompts"),
        _field("correct", pa.int64(), "test prompts answered correctly"),
        _field("accuracy", pa.float64(), "correct / prompts, a fraction"),
    ]
)

FINDINGS = pa.schema(
    [
        _field("id", pa.string(), "of the claim in claims.csv"),
        _field("statistic", pa.string(), "what value and interval measure"),
        _field("value", pa.float64(), "null where it was not measured", nullable=True),
        _field("low", pa.float64(), "lower end of the 95% interval", nullable=True),
        _field("high", pa.float64(), "upper end of the 95% interval", nullable=True),
        _field("verdict", pa.string(), "reproduced, contradicted, inconclusive, not run at this scale"),
        _field("explanation", pa.string(), "in words"),
    ]
)
