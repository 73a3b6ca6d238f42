"""Files of an experiment with dice, one of each kind for a seed."""

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import field

FACE = field("face", pa.int16(), "from 1")
ROLLS = pa.schema([FACE])
COUNTS = pa.schema([FACE, field("rolls", pa.int64(), "that ended with this face up")])

ROLL_FILES = Artifact(path="rolls/{seed}.parquet", schema=ROLLS, counts="rolled")
COUNT_FILES = Artifact(path="counts/{seed}.parquet", schema=COUNTS, key=("face",))
