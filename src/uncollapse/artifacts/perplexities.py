"""Perplexities of a model on the test passages."""

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import CORPUS, WRITTEN_BY, field

PERPLEXITIES = pa.schema(
    [
        CORPUS,
        WRITTEN_BY,
        field("trained", pa.bool_(), "whether data sets hold other passages of this corpus"),
        field("passages", pa.int64(), "test passages"),
        field("tokens", pa.int64(), "of all of them"),
        field("bytes", pa.int64(), "of all of them, in UTF-8"),
        field("log_prob", pa.float64(), "of all tokens, in nats"),
        field("perplexity", pa.float64(), "exp(-log_prob / tokens)"),
        field("bits_per_byte", pa.float64(), "-log_prob / bytes / ln 2, which no tokenizer changes"),
    ]
)

PERPLEXITY_FILES = Artifact(path="perplexities/{model}.parquet", schema=PERPLEXITIES, key=("corpus",))
