"""Costs of making texts in several ways, and the texts."""

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import field

SYNTHESIS_COSTS = pa.schema(
    [
        field("method", pa.string(), "synthetic, rephrased or edited"),
        field("passage_id", pa.int64(), "row number of the passage within the training split"),
        field("tokens", pa.int64(), "of the text that was made"),
        field("passes", pa.int64(), "of the model, one after the other"),
        field("positions", pa.int64(), "tokens that the model read in these passes, kept ones counted once"),
    ]
)

SYNTHESIS_TEXTS = pa.schema(
    [
        field("method", pa.string(), "original, synthetic, rephrased or edited"),
        field("passage_id", pa.int64(), "row number of the passage within the training split"),
        field("text", pa.string(), "the passage, or what was made of it; cut at max_new_tokens where it was written"),
        field("distinct_bigrams", pa.float64(), "of its first words; null where it has fewer than two", nullable=True),
        field("words_kept", pa.float64(), "share of its words that the passage has; null without any", nullable=True),
    ]
)

COST_FILES = Artifact(path="synthesis/costs.parquet", schema=SYNTHESIS_COSTS, key=("method", "passage_id"))
SYNTHESIS_TEXT_FILES = Artifact(path="synthesis/texts.parquet", schema=SYNTHESIS_TEXTS, key=("method", "passage_id"))
