"""Real rows by what they are for."""

import pyarrow as pa
import pyarrow.compute as pc


def training(table: pa.Table) -> pa.Table:
    """Rows to learn from, in the order of their numbers."""
    return _split(table, "train")


def held_out(table: pa.Table) -> pa.Table:
    """Rows to measure by, in the order of their numbers."""
    return _split(table, "held_out")


def _split(table: pa.Table, name: str) -> pa.Table:
    return table.filter(pc.equal(table.column("split"), name)).sort_by("row_id")
