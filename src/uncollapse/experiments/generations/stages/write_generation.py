"""Have the models of a generation write rows, part by part."""

import numpy as np

from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.errors import DataError
from uncollapse.experiments.generations.artifacts import written_schema
from uncollapse.experiments.generations.working import seed_of, work_of
from uncollapse.generations.plugins import MODELS, plugin_of
from uncollapse.generations.state import load_states
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Input model; output written. Spec: model, seeds, rows, generation, compute."""
    spec = stage.spec
    module, settings = plugin_of(spec["model"], package=MODELS)
    states, rows = load_states(stage.input("model")), spec["rows"]
    work = work_of(stage, unit="rows")
    work.progress.start(total=rows * len(spec["seeds"]))
    with ParquetWriter(stage.output("written"), written_schema(module.ROWS)) as writer:
        for place, seed in enumerate(spec["seeds"]):
            done = 0
            draw = seed_of(seed, spec["generation"])
            try:
                for columns in module.sample(states[seed], settings, rows=rows, seed=draw, work=work):
                    number = len(next(iter(columns.values())))
                    ids = np.arange(done, done + number)
                    writer.write({"seed": np.full(number, seed), "row_id": ids, **columns})
                    done += number
                    work.progress.update(place * rows + done)
            except DataError as error:
                raise DataError(f"generation {spec['generation']}, seed {seed}: {error}") from error
            assert done == rows, f"{settings.name} wrote {done} rows where {rows} were asked for"
            writer.count(rows_in=done, kept=done)
    work.progress.finish()
