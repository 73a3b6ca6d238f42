"""Learning curves."""

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import field

CURVE = pa.schema(
    [
        field("step", pa.int64(), "optimization steps done"),
        field("examples", pa.int64(), "examples seen, repeats counted"),
        field("loss", pa.float64(), "mean since the row before, nats per token"),
        field("learning_rate_factor", pa.float64(), "share of the full learning rate"),
        field("validation_loss", pa.float64(), "on true answers, nats per token", nullable=True),
        field(
            "validation_accuracy",
            pa.float64(),
            "greedy, within validation_tolerance, a fraction",
            nullable=True,
        ),
    ]
)

WEIGHT_FILES = Artifact(path="models/{model}.safetensors")
CURVE_FILES = Artifact(path="models/{model}.curve.parquet", schema=CURVE, key=("step",))
