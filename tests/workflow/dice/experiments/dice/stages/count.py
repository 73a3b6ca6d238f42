"""Count how often each face came up."""

import numpy as np

from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.experiments.dice.artifacts import COUNTS, ROLLS
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Input rolls; output counts. Spec: sides."""
    faces = read_table(stage.input("rolls"), ROLLS).column("face").to_numpy()
    sides = stage.spec["sides"]
    counted = np.bincount(faces, minlength=sides + 1)[1:]
    write_table(stage.output("counts"), {"face": np.arange(1, sides + 1), "rolls": counted}, COUNTS)
