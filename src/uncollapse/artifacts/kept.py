"""Kept prompts beside dropped ones, by their features."""

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import field

KEPT = pa.schema(
    [
        field("feature", pa.string(), "what is compared"),
        *(
            field(f"{group}_{part}", pa.float64(), f"{group} prompts, {part} (95%)", nullable=True)
            for group in ("kept", "dropped")
            for part in ("mean", "low", "high")
        ),
    ]
)

KEPT_FILES = Artifact(path="kept/{dataset}.parquet", schema=KEPT, key=("feature",))
