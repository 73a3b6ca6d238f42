"""Passages of corpora, as text and as tokens."""

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import BYTES, CORPUS, IDS, PASSAGE_ID, WRITTEN_BY, field

_PLACE = field("place", pa.float64(), "in the random order of its corpus's passages, from 0 to 1: a hash of the text")

PASSAGES = pa.schema(
    [
        PASSAGE_ID,
        CORPUS,
        WRITTEN_BY,
        field("document_id", pa.int64(), "row number of the document within its corpus"),
        _PLACE,
        field("text", pa.string(), "as many words as every passage"),
    ]
)

PASSAGE_TOKENS = pa.schema([PASSAGE_ID, CORPUS, WRITTEN_BY, _PLACE, BYTES, IDS])

# one job writes all three
TRAIN_PASSAGES, VALIDATION_PASSAGES, TEST_PASSAGES = (
    Artifact(path=f"passages/{split}.parquet", schema=PASSAGES, key=("passage_id",), counts="cut passages")
    for split in ("train", "validation", "test")
)
TOKENIZER_FILES = Artifact(path="tokenizer/tokenizer.json")
TOKEN_FILES = Artifact(
    path="tokens/{split}.parquet",
    schema=PASSAGE_TOKENS,
    key=("passage_id",),
    patterns={"split": "train|validation|test"},
)
SAMPLE_FILES = Artifact(path="samples/{writer}.parquet", schema=PASSAGE_TOKENS)
WRITTEN_FILES = Artifact(
    path="written/{writer}.{how}.{corpus}.parquet", schema=PASSAGE_TOKENS, patterns={"how": "synthetic|rephrased"}
)
