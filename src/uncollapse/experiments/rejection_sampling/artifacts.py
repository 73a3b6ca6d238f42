"""Files of an experiment in rejection sampling.

``arm`` is what of a selection a student learns from: kept candidates or, for its twin, random ones of the same prompts;
base is the model that all students start from, as it is.
"""

import pyarrow as pa

from uncollapse.artifacts.artifact import NUMBER, Artifact
from uncollapse.artifacts.columns import field
from uncollapse.artifacts.curves import CURVE
from uncollapse.artifacts.proxies import PROXY

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
PROMPT_ID = field("prompt_id", pa.string(), "id of the prompt")
SAMPLE = field("sample", pa.int32(), "number of the candidate among its prompt's, from 0")

ASKED = pa.schema(
    [
        PROMPT_ID,
        field("prompt", pa.string(), "what is asked, where it is a text", nullable=True),
        field("messages", MESSAGES, "what is asked, where it is a conversation", nullable=True),
        field("system", pa.string(), "instructions before it", nullable=True),
        field("answer", pa.string(), "the true one, where it is known", nullable=True),
        field("further", pa.string(), "further columns, as a JSON object"),
    ]
)
SAMPLED = pa.schema(
    [
        PROMPT_ID,
        SAMPLE,
        field("text", pa.string(), "the answer"),
        field("status", pa.string(), "ok, cut_off, refused or empty"),
        field("reason", pa.string(), "why it is not ok; empty where it is"),
        field("prompt_tokens", pa.int32(), "tokens of the prompt", nullable=True),
        field("completion_tokens", pa.int32(), "tokens of the answer", nullable=True),
        field("log_prob", pa.float64(), "of the whole answer under its model, in nats", nullable=True),
    ]
)
VERDICTS = pa.schema(
    [
        PROMPT_ID,
        SAMPLE,
        field("score", pa.float64(), "higher is better", nullable=True),
        field("accepted", pa.bool_(), "null where the verifier only ranks, or failed", nullable=True),
        field("reason", pa.string(), "in a few words", nullable=True),
        field("failed", pa.bool_(), "whether the verifier could not judge"),
    ]
)
SELECTED = pa.schema(
    [
        PROMPT_ID,
        SAMPLE,
        *(ASKED.field(name) for name in ("prompt", "messages", "system")),
        field("text", pa.string(), "what the student learns to write"),
        field("right", pa.bool_(), "as the reference says, which no selection is told", nullable=True),
    ]
)
DECIDED = pa.schema(
    [
        field("decision", pa.string(), "GO, GO-BUT, NO-GO, UNDECIDED, NOTHING SELECTED or NOTHING TO SAY"),
        field("why", pa.string(), "in a sentence"),
        field("rows", pa.int64(), "that a student learns from, over all seeds"),
        field("in_common", pa.float64(), "share of them that the random twins have too", nullable=True),
        field("covered", pa.float64(), "effective share of the prompts that are left", nullable=True),
    ]
)
PASSED = pa.schema(
    [
        PROMPT_ID,
        field("samples", pa.int64(), "answers to the prompt that the reference judged"),
        field("passed", pa.int64(), "of them"),
    ]
)

_ARM = {"arm": "kept|random|base", "round": NUMBER}
_STUDENT = "{selection}.{arm}.seed{seed}"
ASKED_FILES = Artifact(path="asked/{split}.parquet", schema=ASKED, counts="ask", patterns={"split": "train|test"})
SAMPLED_FILES = Artifact(
    path="sampled/round{round}.{shard}of{shards}.parquet", schema=SAMPLED, counts="sample", patterns=_ARM
)
VERDICT_FILES = Artifact(
    path="verdicts/{verifier}.round{round}.{shard}of{shards}.parquet", schema=VERDICTS, counts="verify", patterns=_ARM
)
SELECTED_FILES = Artifact(path=f"selected/{_STUDENT}.parquet", schema=SELECTED, counts="select", patterns=_ARM)
AUDIT_FILES = Artifact(path="audits/{selection}.parquet", schema=PROXY, key=("quantity",))
DECISION_FILES = Artifact(path="audits/{selection}.decision.parquet", schema=DECIDED, key=("decision",))
STUDENT_FILES = Artifact(path=f"students/{_STUDENT}.safetensors", patterns=_ARM)
STUDENT_CURVE_FILES = Artifact(path=f"students/{_STUDENT}.curve.parquet", schema=CURVE, key=("step",), patterns=_ARM)
TESTED_FILES = Artifact(path=f"tested/{_STUDENT}.parquet", schema=SAMPLED, counts="test", patterns=_ARM)
PASSED_FILES = Artifact(path=f"passed/{_STUDENT}.parquet", schema=PASSED, key=("prompt_id",), patterns=_ARM)
