"""p_* of data sets, and what it is made of."""

from dataclasses import replace

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import field

PROXY = pa.schema(
    [
        field("quantity", pa.string(), "such as p, phi, psi, kept_precision, p_star"),
        field("value", pa.float64(), "null where undefined", nullable=True),
        field("low", pa.float64(), "lower end of the 95% interval", nullable=True),
        field("high", pa.float64(), "upper end of the 95% interval", nullable=True),
    ]
)

TEXT_PROXY = pa.schema(
    [
        field("threshold", pa.float64(), "a candidate is correct if the oracle's score is above"),
        field("chosen", pa.bool_(), "whether it is the config's threshold, the others being further ones"),
        *PROXY,
    ]
)

PROXY_FILES = Artifact(path="proxy/{dataset}.parquet", schema=PROXY, key=("quantity",))
TEXT_PROXY_FILES = replace(PROXY_FILES, schema=TEXT_PROXY, key=("threshold", "quantity"))
