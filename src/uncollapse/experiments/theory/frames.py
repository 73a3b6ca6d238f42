"""Frames of the simulations: a frame has its simulation's name."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.simulations import SIMULATION_FILES
from uncollapse.experiments.frames import Frame
from uncollapse.theory.simulate import PACKAGE, load_simulation, simulation_names
from uncollapse.theory.table import key_of

_NAMES = simulation_names()


class Simulations(Mapping[str, Frame]):
    """Frame of each simulation by its name; its module, which tells the columns, is loaded when it is asked for."""

    def __getitem__(self, name: str) -> Frame:
        if name not in self:
            raise KeyError(name)

        def files(theory: Any) -> list[File]:
            return [SIMULATION_FILES(simulation=name)] if theory is not None and name in theory.simulated() else []

        schema = load_simulation(name).SCHEMA
        artifact = replace(SIMULATION_FILES, schema=schema, key=tuple(key_of(schema)))
        return Frame(artifact=artifact, files=files, columns_of=f"uncollapse.{PACKAGE}.{name}")

    def __contains__(self, name: object) -> bool:
        return name in _NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


FRAMES = Simulations()
