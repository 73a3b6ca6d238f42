"""Findings: what a check of a claim found."""

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import field

FINDINGS = pa.schema(
    [
        field("id", pa.string(), "of the claim in claims.csv"),
        field("statistic", pa.string(), "what value and interval measure"),
        field("value", pa.float64(), "null where it was not measured", nullable=True),
        field("low", pa.float64(), "lower end of the 95% interval", nullable=True),
        field("high", pa.float64(), "upper end of the 95% interval", nullable=True),
        field("verdict", pa.string(), "reproduced, contradicted, equal within delta, ..."),
        field("explanation", pa.string(), "in words"),
        field("reading", pa.int64(), "which of the claim's readings in limits.csv, from 1; 0 is the last"),
        field("needed", pa.string(), "what would decide an open claim; empty for others"),
        field("models", pa.int64(), "how many further models that takes; 0 where none, or where it is not known"),
    ]
)

FINDING_FILES = Artifact(path="claims/{group}.parquet", schema=FINDINGS, shared=True)
