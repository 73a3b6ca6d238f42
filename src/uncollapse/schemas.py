"""What each kind of artifact holds. Fractions lie in [0, 1]; log-probabilities are in nats."""

import pyarrow as pa


def field(name: str, kind: pa.DataType, meaning: str, *, nullable: bool = False, nan: bool = False) -> pa.Field:
    """A column without nulls and NaN, unless it says otherwise."""
    return pa.field(name, kind, nullable=nullable, metadata={"meaning": meaning} | ({"nan": "allowed"} if nan else {}))


_PROMPT_ID = field("prompt_id", pa.int64(), "row number of the prompt within its split")
_RANK = field("rank", pa.int16(), "0 is the most probable candidate; -1 a true answer")
_TOKENS = pa.list_(pa.int16())


def prompts(task_columns: list[pa.Field]) -> pa.Schema:
    """Prompts of one split, with the task's own columns."""
    return pa.schema([_PROMPT_ID, *task_columns])


CANDIDATES = pa.schema(
    [
        _PROMPT_ID,
        _RANK,
        field("tokens", _TOKENS, "the answer's token ids"),
        field("log_prob", pa.float32(), "of the whole answer under the model that wrote it, in nats"),
    ]
)

SCORES = pa.schema(
    [
        _PROMPT_ID,
        _RANK,
        field("score", pa.float64(), "the verifier's judgement, higher is better"),
        field("accepted", pa.bool_(), "whether the verifier lets it pass; null where it only ranks", nullable=True),
    ]
)

DATASET = pa.schema(
    [
        field("split", pa.string(), "where the prompt comes from"),
        _PROMPT_ID,
        _RANK,
        field("prompt_tokens", _TOKENS, "what the model reads"),
        field("answer_tokens", _TOKENS, "what it learns to write"),
    ]
)

CURVE = pa.schema(
    [
        field("step", pa.int64(), "optimization steps done"),
        field("examples", pa.int64(), "examples seen, repeats counted"),
        field("loss", pa.float64(), "mean since the row before, nats per token"),
        field("learning_rate_factor", pa.float64(), "share of the full learning rate"),
        field("validation_loss", pa.float64(), "on true answers, nats per token", nullable=True),
        field(
            "validation_accuracy",
            pa.float64(),
            "greedy, within validation_tolerance, a fraction",
            nullable=True,
        ),
    ]
)

PROXY = pa.schema(
    [
        field("quantity", pa.string(), "such as p, phi, psi, kept_precision, p_star"),
        field("value", pa.float64(), "null where undefined", nullable=True),
        field("low", pa.float64(), "lower end of the 95% interval", nullable=True),
        field("high", pa.float64(), "upper end of the 95% interval", nullable=True),
    ]
)

KEPT = pa.schema(
    [
        field("feature", pa.string(), "what is compared"),
        *(
            field(f"{group}_{part}", pa.float64(), f"{group} prompts, {part} (95%)", nullable=True)
            for group in ("kept", "dropped")
            for part in ("mean", "low", "high")
        ),
    ]
)

OUTCOMES = pa.schema(
    [
        _PROMPT_ID,
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

FINDINGS = pa.schema(
    [
        field("id", pa.string(), "of the claim in claims.csv"),
        field("statistic", pa.string(), "what value and interval measure"),
        field("value", pa.float64(), "null where it was not measured", nullable=True),
        field("low", pa.float64(), "lower end of the 95% interval", nullable=True),
        field("high", pa.float64(), "upper end of the 95% interval", nullable=True),
        field("verdict", pa.string(), "reproduced, contradicted, inconclusive, not run at this scale"),
        field("explanation", pa.string(), "in words"),
    ]
)
