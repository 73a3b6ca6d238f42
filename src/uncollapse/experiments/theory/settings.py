"""The block ``theory`` of the configuration: which simulations run, at which settings."""

from typing import Any

from pydantic import BaseModel, Field, create_model

from uncollapse.settings.values import Strict
from uncollapse.theory.simulate import load_simulation, simulation_names

THEORY = "theory"  # what stands for an experiment's name in products and paths


def _keys_of_simulations() -> dict[str, Any]:
    """One key per simulation: its own settings, or null to leave it out."""
    keys = {}
    for name in simulation_names():
        module = load_simulation(name)
        about = (module.__doc__ or "").partition("\n")[0]
        keys[name] = (module.Settings | None, Field(default=module.Settings(), description=about))
    return keys


Simulations = create_model(
    "Simulations", __base__=Strict, __doc__="Each with its own settings; null leaves one out.", **_keys_of_simulations()
)


class TheorySettings(Strict):
    """The simulations of the papers' theory."""

    seed: int = Field(default=0, ge=0, lt=2**63, description="root of all random draws")
    simulations: Simulations = Field(default=Simulations(), description="by name; all run that are not null")  # type: ignore[valid-type]

    def simulated(self) -> dict[str, BaseModel]:
        """Settings of the simulations that run, by name."""
        every = {name: getattr(self.simulations, name) for name in type(self.simulations).model_fields}
        return {name: settings for name, settings in every.items() if settings is not None}
