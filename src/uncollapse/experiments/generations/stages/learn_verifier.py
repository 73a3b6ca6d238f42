"""Have a verifier learn from real rows."""

from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa

from uncollapse.artifacts.parquet import as_table, read_table
from uncollapse.errors import DataError
from uncollapse.experiments.generations.artifacts import real_schema
from uncollapse.experiments.generations.working import work_of
from uncollapse.generations.plugins import DATA, VERIFIERS, plugin_of
from uncollapse.generations.real import training
from uncollapse.generations.state import save_states
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Inputs real, or those of the verifier's own data; output verifier. Spec: verifier, seed, compute."""
    module, settings = plugin_of(stage.spec["verifier"], package=VERIFIERS)
    seed = stage.spec["seed"]
    if "real" in stage.inputs:
        table = read_table(stage.input("real"), real_schema(module.ROWS))
        rows = table if getattr(settings, "held_out", False) else training(table)
        rows = rows.select(module.ROWS.names)
    else:
        rows = _drawn(module, settings, stage, seed=seed)
    work = work_of(stage, unit="rows", output="verifier")
    save_states({0: module.learn(rows, settings, seed=seed, work=work)}, stage.output("verifier"))


def _drawn(module: ModuleType, settings: Any, stage: Stage, *, seed: int) -> pa.Table:
    """Rows of the verifier's own source, in its order.

    Raises
    ------
    DataError
        Where it has fewer than are asked for.
    """
    source, data = plugin_of(stage.spec["verifier"]["data"], package=DATA)
    there = source.size(data, stage.inputs)
    wanted = there if settings.rows is None else settings.rows
    if there is not None and there < wanted:
        text = f"the verifier's data ({data.name}) have {there:,} rows, of which it should learn from {wanted:,}"
        raise DataError(f"{text}; lower its rows")
    numbers = np.sort(np.random.default_rng(seed).permutation(there or wanted)[:wanted])
    parts = source.read(data, stage.inputs, numbers=numbers, seed=seed)
    return pa.concat_tables([as_table(columns, module.ROWS) for columns in parts])
