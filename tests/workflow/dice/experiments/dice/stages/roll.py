"""Roll a die."""

import numpy as np

from uncollapse.artifacts.parquet import write_table
from uncollapse.experiments.dice.artifacts import ROLLS
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Output rolls. Spec: sides, rolls, seed."""
    spec = stage.spec
    faces = np.random.default_rng(spec["seed"]).integers(1, spec["sides"] + 1, size=spec["rolls"])
    write_table(stage.output("rolls"), {"face": faces}, ROLLS)
