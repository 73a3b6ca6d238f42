"""Simulations of the papers' theory: one job each, the longest first."""

from collections.abc import Iterator
from typing import Any

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.simulations import SIMULATION_FILES
from uncollapse.experiments.kind import Job, Kind
from uncollapse.experiments.theory.frames import FRAMES
from uncollapse.settings.finding import module_name
from uncollapse.theory.simulate import PACKAGE

KIND = Kind("theory", frames=FRAMES, block=lambda settings: settings.theory)

# longest first, so that none of them is left to run alone at the end
_LONGEST = ("finite_sample", "mixture_breakdown", "accumulation", "editing", "supervised_breakdown")


def simulation_priority(simulation: str) -> int:
    """Priority of a simulation: higher for what takes longer, lower than that of anything an experiment waits for."""
    return -1 - (_LONGEST.index(simulation) if simulation in _LONGEST else len(_LONGEST))


@KIND.stage(table=SIMULATION_FILES, minutes=120, priority=simulation_priority)
def simulate(theory: Any, *, simulation: str) -> Job:
    """The table of one simulation, by its own settings and no other's; KeyError where it does not run."""
    if theory is None or simulation not in theory.simulated():
        raise KeyError(simulation)
    return Job(
        config={"seed": "seed", "settings": f"simulations.{simulation}"},
        values={"simulation": simulation},
        plugins=[module_name(simulation, package=PACKAGE)],
    )


@KIND.accounts
def accounted(theory: Any) -> Iterator[File]:
    """The tables of all simulations that run."""
    yield from (SIMULATION_FILES(simulation=name) for name in (theory.simulated() if theory is not None else {}))
