"""All claims of the papers, with the findings there are, and beside them what other scales found."""

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.analysis.claims_table import claims_table, findings_of
from uncollapse.analysis.comparison import read_reported
from uncollapse.analysis.costs import cost_of, with_minutes
from uncollapse.analysis.scale_claims import beside
from uncollapse.artifacts.findings import FINDINGS
from uncollapse.artifacts.measured_parts import MeasuredPart
from uncollapse.artifacts.parquet import read_table
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Inputs reported (claims.csv), limits (limits.csv), findings (of all groups), and where parts of other scales are
    kept measured_about, measured_claims; outputs claims, by_scale. Spec: fresh_since, scale, experiments (of groups).
    """
    parts = [MeasuredPart(path.parent) for path in stage.inputs.get("measured_about", [])]
    about, scale = [part.about() for part in parts], stage.spec["scale"]
    findings = [
        with_minutes(finding, cost_of(about, stage.spec["experiments"][path.stem], scale))
        for path in stage.inputs.get("findings", [])
        for finding in findings_of(read_table([path], FINDINGS).to_pylist())
    ]
    claims = claims_table(
        read_reported(stage.input("reported")),
        findings,
        read_reported(stage.input("limits")),
        fresh_since=stage.spec["fresh_since"],
    )
    for name, frame in {
        "claims": claims,
        "by_scale": beside(claims, scale=scale, parts=parts),
    }.items():
        arrow = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        pq.write_table(arrow, stage.output(name), compression="zstd")
