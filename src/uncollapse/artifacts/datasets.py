"""Data sets: what models are trained on."""

from dataclasses import replace

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import BYTES, CORPUS, IDS, PROMPT_ID, RANK, TEXT_RANK, TOKENS, WRITTEN_BY, field

DATASET = pa.schema(
    [
        field("split", pa.string(), "where the prompt comes from"),
        PROMPT_ID,
        RANK,
        field("prompt_tokens", TOKENS, "what the model reads"),
        field("answer_tokens", TOKENS, "what it learns to write"),
    ]
)

TRAINING_TEXTS = pa.schema(
    [
        field("passage_id", pa.int64(), "row number of the passage within the training split"),
        CORPUS,
        WRITTEN_BY,
        field("ids", pa.list_(pa.int32()), "its tokens, without end of text; the last passage of a corpus may be cut"),
    ]
)

_PROMPT_IDS = field("prompt_ids", pa.list_(pa.int32()), "the instruction's tokens, without end of text")

_PAIR = field("passage_id", pa.int64(), "number of the document within its corpus")

PAIRS = pa.schema([_PAIR, CORPUS, WRITTEN_BY, BYTES, _PROMPT_IDS, IDS])  # bytes and ids are the answer's

TRAINING_PAIRS = pa.schema([_PAIR, CORPUS, WRITTEN_BY, _PROMPT_IDS, IDS])

TEXT_DATASET = pa.schema(
    [
        field("split", pa.string(), "where the prompt comes from"),
        PROMPT_ID,
        TEXT_RANK,
        field("prompt", pa.string(), "what the model reads"),
        field("answer", pa.string(), "what it learns to write"),
    ]
)

DATASET_FILES = Artifact(path="datasets/{dataset}.parquet", schema=DATASET, counts="select")
TEXT_DATASET_FILES = replace(DATASET_FILES, schema=TEXT_DATASET)
MIXTURE_FILES = replace(DATASET_FILES, schema=TRAINING_TEXTS)  # or TRAINING_PAIRS
# one job writes both
TRAIN_PAIRS, TEST_PAIRS = (
    Artifact(path=f"instructions/{part}.parquet", schema=PAIRS, key=("passage_id",), counts="encode instructions")
    for part in ("train", "test")
)
