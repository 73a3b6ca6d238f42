"""Set a table of ours beside the paper's."""

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.analysis.comparison import compare, read_measured, read_reported
from uncollapse.analysis.formatting import to_markdown
from uncollapse.analysis.table import NOTE
from uncollapse.jobs.stage import Stage
from uncollapse.products.products import load_product, make


def run(stage: Stage) -> None:
    """Inputs: the frames the table's module asks for, and where there are such, reported and measured.

    Reported are the paper's numbers, measured the table as run elsewhere. Outputs parquet, csv, markdown.

    Spec: product (its name), what the module needs of config, and a sentence about what was measured elsewhere.
    """
    module = load_product("tables", stage.spec["product"])
    table = module.TABLE
    elsewhere = stage.inputs.get("measured", [])
    rows = make("tables", stage)
    comparison = compare(
        rows,
        read_reported(stage.input("reported")) if "reported" in stage.inputs else None,
        keys=table.keys,
        reported_value=table.reported_value,
        best=table.best,
        bounds=table.bounds,
        ours_first=table.ours_first,
        pooled=table.pooled,
        logarithms=table.logarithms,
        measured=read_measured(elsewhere[0], table.keys) if elsewhere else None,
    )
    used = int(comparison["seeds"].sum())
    assert used == len(rows), f"{stage.spec['product']}: {used} of {len(rows)} results are in the table"
    comparison.attrs[NOTE] = stage.spec.get(NOTE, "")
    metadata = {"title": table.title, NOTE: comparison.attrs[NOTE]}
    arrow = pa.Table.from_pandas(comparison, preserve_index=False).replace_schema_metadata(metadata)
    pq.write_table(arrow, stage.output("parquet"), compression="zstd")
    comparison.to_csv(stage.output("csv"), index=False)
    stage.output("markdown").write_text(to_markdown(comparison, table), encoding="utf-8")
