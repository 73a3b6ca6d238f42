"""Measure the models of a generation: loss on real rows, and what the rows that they write are like."""

import json

import pyarrow as pa

from uncollapse.artifacts.parquet import read_table, write_rows
from uncollapse.experiments.generations.artifacts import MEASURED, SHOWN, real_schema, written_schema
from uncollapse.experiments.generations.working import work_of
from uncollapse.generations.gathering import rows_of
from uncollapse.generations.measuring import of_rows
from uncollapse.generations.plugins import MODELS, plugin_of
from uncollapse.generations.real import held_out, training
from uncollapse.generations.state import load_states
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Inputs real, model, written; outputs measured, shown. Spec: model, rows, shown, seeds, compute."""
    spec = stage.spec
    module, settings = plugin_of(spec["model"], package=MODELS)
    real = read_table(stage.input("real"), real_schema(module.ROWS))
    known, asked = training(real).slice(0, spec["rows"]), held_out(real)
    states, work = load_states(stage.input("model")), work_of(stage, unit="rows")
    rows, shown = [], []
    for seed in spec["seeds"]:
        written = rows_of([stage.input("written")], written_schema(module.ROWS), seed=seed).slice(0, spec["rows"])
        loss = module.losses(states[seed], settings, asked.select(module.ROWS.names), work=work)
        found = {"loss": float(loss.mean())} | of_rows(module, settings, written, held_out=asked, learned=known)
        rows += [{"seed": seed, "quantity": name, "value": value} for name, value in found.items()]
        shown += _as_json(written.slice(0, spec["shown"]), module.ROWS, seed)
    write_rows(stage.output("measured"), rows, MEASURED)
    write_rows(stage.output("shown"), shown, SHOWN)


def _as_json(table: pa.Table, schema: pa.Schema, seed: int) -> list[dict]:
    """Rows of SHOWN."""
    ids, rows = table.column("row_id").to_pylist(), table.select(schema.names).to_pylist()
    return [{"seed": seed, "row_id": k, "row": json.dumps(row)} for k, row in zip(ids, rows, strict=True)]
