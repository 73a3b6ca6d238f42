"""Frames of the simulations: a frame has its simulation's name, and its files say which columns they have."""

from typing import Any

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.simulations import SIMULATION_FILES
from uncollapse.experiments.frames import Frame
from uncollapse.theory.simulate import simulation_names


def _frame(name: str) -> Frame:
    def files(theory: Any) -> list[File]:
        return [SIMULATION_FILES(simulation=name)] if theory is not None and name in theory.simulated() else []

    return Frame(artifact=SIMULATION_FILES, files=files)


FRAMES = {name: _frame(name) for name in simulation_names()}
