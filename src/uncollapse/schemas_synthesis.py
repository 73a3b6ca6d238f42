"""What is written down of the texts that one model made in several ways, beside those that they were made from."""

import pyarrow as pa

from uncollapse.schemas import field

SYNTHESIS_TEXTS = pa.schema(
    [
        field("method", pa.string(), "original, synthetic, rephrased or edited"),
        field("passage_id", pa.int64(), "row number of the passage within the training split"),
        field("text", pa.string(), "the passage, or what was made of it; cut at max_new_tokens where it was written"),
        field("distinct_bigrams", pa.float64(), "of its first words; null where it has fewer than two", nullable=True),
        field("words_kept", pa.float64(), "share of its words that the passage has; null without any", nullable=True),
    ]
)
