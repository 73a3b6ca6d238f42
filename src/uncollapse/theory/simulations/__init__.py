"""The simulations of the papers' theory: one module each, found by its name and imported alone.

A simulation module has ``Settings``, a pydantic model of its keys in config, ``SCHEMA``, the columns of its table, and
``simulate(settings, rng)``, which returns that table: one row per setting and trial.

>>> simulation_names()[:3]
['accumulation', 'adaptive_limit', 'adaptive_ridge']
"""

from __future__ import annotations

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


def simulate(name: str, settings: Any = None, *, seed: int = 0) -> pd.DataFrame:
    """Run one simulation; its random draws depend on the seed and its name alone.

    Parameters
    ----------
    name : str
    settings : the module's ``Settings``, optional
        Its defaults where left out.
    seed : int

    Returns
    -------
    DataFrame
        One row per setting and trial.
    """
    module = load_simulation(name)
    return module.simulate(settings or module.Settings(), np.random.default_rng([seed, *name.encode()]))
