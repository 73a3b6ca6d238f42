"""All measures of rows that a model wrote: those of every model, and the model's own."""

from types import ModuleType
from typing import Any

import pyarrow as pa

from uncollapse.generations.panel import measures


def of_rows(
    module: ModuleType, settings: Any, rows: pa.Table, *, held_out: pa.Table, learned: pa.Table, own: bool = False
) -> dict[str, float]:
    """Numbers by name; ``own`` says that the rows are the learned ones themselves."""
    written, asked, known = (table.select(module.ROWS.names) for table in (rows, held_out, learned))
    points = module.features(written, settings)
    found = measures(
        points,
        held_out=module.features(asked, settings),
        learned=points if own else module.features(known, settings),
        own=own,
    )
    further = getattr(module, "measures", None)
    return found | (further(written, settings, real=asked, learned=known) if further else {})
