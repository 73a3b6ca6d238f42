"""All claims of the papers, with the findings there are."""

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.analysis.claims_table import claims_table
from uncollapse.analysis.comparison import read_reported
from uncollapse.analysis.verdict import Finding
from uncollapse.artifacts.findings import FINDINGS
from uncollapse.artifacts.parquet import read_table
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Inputs reported (claims.csv), limits (limits.csv), findings (of all groups); output claims. Spec: fresh_since."""
    rows = read_table(stage.inputs.get("findings", []), FINDINGS).to_pylist()
    nan = {name: float("nan") for name in ("value", "low", "high")}
    findings = [
        Finding(**{name: nan.get(name) if value is None else value for name, value in row.items()}) for row in rows
    ]
    claims = claims_table(
        read_reported(stage.input("reported")),
        findings,
        read_reported(stage.input("limits")),
        fresh_since=stage.spec["fresh_since"],
    )
    arrow = pa.Table.from_pandas(claims, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(arrow, stage.output("claims"), compression="zstd")
