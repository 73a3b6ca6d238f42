"""Frames of the simulations: a frame has its simulation's name."""

from dataclasses import replace
from typing import Any

import pyarrow as pa

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.simulations import SIMULATION_FILES
from uncollapse.experiments.frames import Frame
from uncollapse.theory.simulate import load_simulation, simulation_names
from uncollapse.theory.table import key_of


def _frame(name: str, schema: pa.Schema) -> Frame:
    def files(theory: Any) -> list[File]:
        return [SIMULATION_FILES(simulation=name)] if theory is not None and name in theory.simulated() else []

    return Frame(artifact=replace(SIMULATION_FILES, schema=schema, key=tuple(key_of(schema))), files=files)


FRAMES = {name: _frame(name, load_simulation(name).SCHEMA) for name in simulation_names()}
