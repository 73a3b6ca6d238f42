"""Measure the real rows that generation 0 learns from, as if a model had written them."""

from uncollapse.artifacts.parquet import read_table, write_rows
from uncollapse.experiments.generations.artifacts import YARDSTICK, real_schema
from uncollapse.generations.measuring import of_rows
from uncollapse.generations.plugins import MODELS, plugin_of
from uncollapse.generations.real import held_out, training
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Input real; output yardstick. Spec: model, rows."""
    module, settings = plugin_of(stage.spec["model"], package=MODELS)
    table = read_table(stage.input("real"), real_schema(module.ROWS))
    learned = training(table).slice(0, stage.spec["rows"])
    found = of_rows(module, settings, learned, held_out=held_out(table), learned=learned, own=True)
    write_rows(stage.output("yardstick"), [{"quantity": k, "value": v} for k, v in found.items()], YARDSTICK)
