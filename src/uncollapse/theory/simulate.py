"""Simulations of the papers' theory by name; what such a module has, :mod:`uncollapse.theory.simulations` says.

>>> simulation_names()[:3]
['accumulation', 'adaptive_limit', 'adaptive_ridge']
"""

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from uncollapse.settings.finding import available, load_plugin

if TYPE_CHECKING:
    import pandas as pd

PACKAGE = "theory.simulations"


def simulation_names() -> list[str]:
    """Every simulation there is."""
    return available(PACKAGE)


def load_simulation(name: str) -> ModuleType:
    """The module of that name; raises ConfigError where there is none."""
    return load_plugin(name, package=PACKAGE)


def simulate(name: str, settings: Any = None, *, seed: int = 0) -> "pd.DataFrame":
    """Run one simulation; its random draws depend on the seed and its name alone.

    ``settings`` are the module's ``Settings``, by default those of its defaults. One row per setting and trial.
    """
    import pandas as pd

    module = load_simulation(name)
    blocks = module.simulate(settings or module.Settings(), np.random.default_rng([seed, *name.encode()]))
    return pd.concat(map(pd.DataFrame, blocks), ignore_index=True)
