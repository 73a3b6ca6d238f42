"""Columns of an edited corpus: one row per document, every list of a row as long as its ``ids`` unless it says so."""

import pyarrow as pa

from uncollapse.artifacts.columns import field

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
        field("text", pa.string(), "new_ids decoded, to be read; encoding it again need not give new_ids"),
    ]
)
