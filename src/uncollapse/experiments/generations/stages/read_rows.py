"""Set real rows aside: to learn from, and to measure by."""

import numpy as np

from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.errors import DataError
from uncollapse.experiments.generations.artifacts import real_schema
from uncollapse.generations.plugins import DATA, plugin_of
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Inputs package, corpus or files, as the data need; output real. Spec: data, train, held_out, seed, learner."""
    spec = stage.spec
    module, settings = plugin_of(spec["data"], package=DATA)
    train, wanted = spec["train"], spec["train"] + spec["held_out"]
    there = module.size(settings, stage.inputs)
    if there is not None and there < wanted:
        raise DataError(
            f"learners.{spec['learner']}: {train:,} rows to learn from and {spec['held_out']:,} held out are asked for,"
            f" but {settings.name} has {there:,}; lower rows (or real) and held_out, or have"
            " the data's settings choose more"
        )
    rng = np.random.default_rng(spec["seed"])
    total = wanted if there is None else there
    order = rng.permutation(total)[:wanted]  # the first ones are learned from
    numbers = np.sort(order)
    place = np.argsort(np.argsort(order, kind="stable"), kind="stable")
    ids = np.empty(wanted, dtype=np.int64)
    ids[place] = np.arange(wanted)  # number in the order of the draw, of each row as it is read
    done = 0
    progress = stage.progress(unit="rows")
    progress.start(total=wanted)
    with ParquetWriter(stage.output("real"), real_schema(module.ROWS)) as writer:
        for columns in module.read(settings, stage.inputs, numbers=numbers, seed=spec["seed"]):
            number = len(next(iter(columns.values())))
            mine = ids[done : done + number]
            splits = np.where(mine < train, "train", "held_out").tolist()
            rows = np.where(mine < train, mine, mine - train)
            writer.write({"split": splits, "row_id": rows, **columns})
            done += number
            progress.update(done)
        if done != wanted:
            raise DataError(f"{settings.name}: {done:,} rows were read where {wanted:,} were asked for")
        writer.count(rows_in=total, kept=wanted, dropped={"not asked for": total - wanted})
    progress.finish()
