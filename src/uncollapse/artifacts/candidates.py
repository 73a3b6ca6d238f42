"""Candidates: answers that a model wrote to prompts."""

from dataclasses import replace

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import PROMPT_ID, RANK, TEXT_RANK, TOKENS, field

CANDIDATES = pa.schema(
    [
        PROMPT_ID,
        RANK,
        field("tokens", TOKENS, "the answer's token ids"),
        field("log_prob", pa.float32(), "of the whole answer under the model that wrote it, in nats"),
    ]
)

TEXT_CANDIDATES = pa.schema(
    [
        PROMPT_ID,
        TEXT_RANK,
        field("text", pa.string(), "the answer"),
        field("tokens", pa.list_(pa.int32()), "its token ids, the end of text included where the model wrote it"),
        field("log_prob", pa.float32(), "of all its tokens under the model that wrote it, in nats"),
        field("finished", pa.bool_(), "whether the model ended it by itself, before the longest allowed answer"),
    ]
)

CANDIDATE_FILES = Artifact(
    path="candidates/{model}.{split}.{decoding}.{shard}of{shards}.parquet", schema=CANDIDATES, counts="label"
)
TEXT_CANDIDATE_FILES = replace(CANDIDATE_FILES, schema=TEXT_CANDIDATES)
