"""Scores: a verifier's judgement of candidates."""

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import PROMPT_ID, RANK, field

SCORES = pa.schema(
    [
        PROMPT_ID,
        RANK,
        field("score", pa.float64(), "the verifier's judgement, higher is better"),
        field("accepted", pa.bool_(), "whether the verifier lets it pass; null where it only ranks", nullable=True),
    ]
)

SCORE_FILES = Artifact(
    path="scores/{model}.synthesize.{decoding}.{verifier}.{shard}of{shards}.parquet", schema=SCORES, counts="verify"
)
