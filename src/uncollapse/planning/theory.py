"""Paths, code and specs of the simulations."""

from pydantic import BaseModel

from uncollapse.experiments.theory.settings import THEORY
from uncollapse.planning.fingerprint import code_of
from uncollapse.planning.kinds import KindPlan
from uncollapse.planning.spec import spec
from uncollapse.settings.finding import module_name
from uncollapse.theory.simulate import PACKAGE

# longest first, so that none of them is left to run alone at the end
_LONGEST = ("finite_sample", "mixture_breakdown", "accumulation", "editing", "supervised_breakdown")


class TheoryPlan(KindPlan):
    """A :class:`KindPlan` with the simulations of the theory."""

    def simulated(self) -> dict[str, BaseModel]:
        """Settings of the simulations that run, by name."""
        return self.settings.theory.simulated() if self.settings.theory else {}

    def simulation_path(self, name: str) -> str:
        """The table of one simulation."""
        return f"{self.root}/{THEORY}/{name}.parquet"

    def simulation_paths(self) -> list[str]:
        """The tables of all simulations that run."""
        return [self.simulation_path(name) for name in self.simulated()]

    def simulation_priority(self, name: str) -> int:
        """Of the job: higher for what takes longer, lower than that of anything an experiment waits for."""
        return -1 - (_LONGEST.index(name) if name in _LONGEST else len(_LONGEST))

    def simulation_code(self, name: str) -> list[str]:
        """What scripts/simulate.py runs for one simulation."""
        return code_of(self.scripts / "simulate.py", plugins=[module_name(name, package=PACKAGE)])

    def simulation_spec(self, name: str) -> str:
        """For scripts/simulate.py: this simulation's settings and no other's; KeyError where it does not run."""
        settings = self.simulated()[name]
        assert self.settings.theory is not None
        return spec(simulation=name, seed=self.settings.theory.seed, settings=settings)
