"""Edits by ToEdit, and how many tokens they changed."""

import pyarrow as pa

from uncollapse.artifacts.columns import field

EDIT_COUNTS = pa.schema(
    [
        field("document_id", pa.int64(), "of the edited text"),
        field("threshold", pa.float64(), "of p: the config's, or the one at which a share of held-out tokens lies"),
        field("tokens", pa.int64(), "before editing"),
        field("above", pa.int64(), "of them at or above the threshold"),
        field("eligible", pa.int64(), "of them drawn again, or deleted"),
        field("changed", pa.int64(), "of them no longer what they were"),
        field("new_tokens", pa.int64(), "after editing"),
        field("probabilities", pa.list_(pa.int64()), "of them with p in 0.0-0.1, 0.1-0.2, ..., 0.9-1.0"),
    ]
)
