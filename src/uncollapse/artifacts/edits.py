"""Edits by ToEdit, and how many tokens they changed."""

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import field

# lists of a row are as long as its ids unless it says so
_IDS = pa.list_(pa.int32())
_MASK = pa.list_(pa.bool_())

EDITS = pa.schema(
    [
        field("document_id", pa.int64(), "of the corpus; its row number from 0 where it has none"),
        field("prompt_ids", _IDS, "what stands before the text and was not edited; its own length, often 0"),
        field("ids", _IDS, "the text's tokens before editing, without a beginning-of-text token"),
        field("p", pa.list_(pa.float32()), "probability of each token of ids given all before it, a fraction"),
        field("eligible", _MASK, "tokens of ids that were drawn again, or deleted"),
        field("changed", _MASK, "tokens of ids that are no longer what they were"),
        field("new_ids", _IDS, "the text's tokens after editing: train on these; shorter than ids after deletion"),
        field("eligible_tokens", pa.int32(), "how many"),
        field("changed_tokens", pa.int32(), "how many"),
        field(
            "text",
            pa.string(),
            "new_ids decoded, or the text as it came where none changed; encoded again it need not give new_ids",
        ),
    ]
)

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

EDIT_FILES = Artifact(path="edits/{edit}.{generation}.parquet", schema=EDITS, key=("document_id",))
EDIT_COUNT_FILES = Artifact(path="edits/{edit}.{generation}.counts.parquet", schema=EDIT_COUNTS, key=("document_id",))
