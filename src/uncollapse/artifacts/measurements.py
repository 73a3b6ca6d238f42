"""Diagnostics of texts, and what they write beside their measurements."""

from dataclasses import replace

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import field

_SUBJECT = field("subject", pa.string(), "human, machine, or the name of a data set")

MEASUREMENTS = pa.schema(
    [
        field("diagnostic", pa.string(), "such as unigrams, bigrams, perplexity, token probabilities, embeddings"),
        field("prior", pa.string(), "the model that judged; empty where none did"),
        field("measure", pa.string(), "what was measured"),
        field("subject", pa.string(), "of what, or 'B - A' for the difference of two"),
        field("value", pa.float64(), "in the unit"),
        field("low", pa.float64(), "lower end of the 95% interval"),
        field("high", pa.float64(), "upper end of the 95% interval"),
        field("unit", pa.string(), "%, bits, buckets, times, or empty"),
    ]
)

BUCKETS = pa.schema(
    [
        _SUBJECT,
        field("kind", pa.string(), "unigrams or bigrams"),
        field("counts", pa.list_(pa.int64()), "of each of 10,000 hash buckets"),
    ]
)

DOCUMENT_PERPLEXITIES = pa.schema(
    [
        _SUBJECT,
        field("prior", pa.string(), "the model that judged"),
        field("passage_id", pa.int64(), "row number of the passage within the training split"),
        field("perplexity", pa.float64(), "of the passage, per token of the prior"),
    ]
)

EMBEDDING_MAP = pa.schema(
    [
        field("corpus", pa.string(), "human, machine, or the name of a data set"),
        field("row", pa.int64(), "of its passages"),
        field("x", pa.float64(), "t-SNE", nullable=True),
        field("y", pa.float64(), "t-SNE", nullable=True),
    ]
)

DETAILS = {"ngrams": BUCKETS, "embeddings": EMBEDDING_MAP}  # all others are priors: DOCUMENT_PERPLEXITIES

MEASUREMENT_FILES = Artifact(
    path="diagnostics/{diagnostic}.parquet", schema=MEASUREMENTS, key=("diagnostic", "prior", "measure", "subject")
)
_DETAILS = Artifact(path="diagnostics/{diagnostic}.details.parquet")
BUCKET_FILES = replace(_DETAILS, schema=BUCKETS, key=("subject", "kind"))
MAP_FILES = replace(_DETAILS, schema=EMBEDDING_MAP, key=("corpus", "row"))
DETAIL_FILES = replace(
    _DETAILS, schema=DOCUMENT_PERPLEXITIES, key=("subject", "passage_id")
)  # of all other diagnostics
