"""Every simulation of the theory, once, at the smallest size that still shows its effect."""

import numpy as np
import pandas as pd
import pytest

from uncollapse.theory.editing import EditingRule
from uncollapse.theory.simulate import load_simulation, simulate, simulation_names

_MIXTURE = {"sizes": ((20, 400), (80, 1600))}
_LINEAR = {
    "angle_sizes": ((40, 1600),),
    "vector_sizes": ((20, 3000),),
    "theta_prune": (0.0, 0.8),
    "dihedral": (0.0, np.pi / 2),
}
SMALL = {
    "mixture_curves": _MIXTURE | {"error_rates": (0.2, 0.8), "trials": 2},
    "mixture_breakdown": _MIXTURE | {"fixed_dimension_sizes": ((40, 400), (40, 3200)), "trials": 8, "bisections": 9},
    "supervised_curves": _LINEAR | {"error_rates": (0.2, 0.6), "trials": 2},
    "supervised_breakdown": _LINEAR | {"bisections": 9, "trials": 6},
    "survivors": {"sizes": ((100, 1000),), "settings_per_trial": 20, "trials": 3},
    "margin_gap": {"sizes": (250, 1000, 4000), "trials": 60},
    "finite_sample": {
        "dimension": 30,
        "tau": 0.3,
        "n_synthetic": 20_000,
        "n_original": (40, 4000),
        "selected": (60, 600, 12_000),
        "trials": 4,
    },
    "least_squares": {
        "dimension": 10,
        "rounds": 8,
        "first_fits": ((50, 1.0), (30, 1.0)),
        "n_generated": 50,
        "trials": 600,
    },
    "ridge": {
        "dimension": 20,
        "rounds": 12,
        "n_points": 80,
        "n_generated": (40, 10),
        "penalties": (0.01, 0.1),
        "trials": 60,
    },
    "adaptive_ridge": {"n_points": (256, 1024, 4096), "trials": 30},
    "adaptive_limit": {},
    "accumulation": {
        "dimensions": (1, 4),
        "n_points": (4, 30),
        "noise_variances": (1.0,),
        "trials": 200,
        "row_trials": 3,
        "rounds": (1, 2, 3, 4, 5, 20),
    },
    "own_samples": {"n_points": (10,), "generations": (0, 1, 2, 20), "trials": 60},
    "editing": {
        "dimension": 6,
        "n_points": 60,
        "rules": (
            EditingRule("fresh", 0.3, 0.5**0.5, 12),
            EditingRule("frozen", 0.1, 0.5**0.5, 12),
            EditingRule("halving", 0.3, 0.5**0.5, 12),
            EditingRule("replace", 1.0, 0.5**0.5, 12),
        ),
        "trials": 60,
    },
}


@pytest.fixture(scope="session")
def simulated():
    """Function that runs a simulation at any settings, smaller ones than config may have among them."""

    def run(name, rng, **keys):
        module = load_simulation(name)
        keys = {key: tuple(value) if isinstance(value, list) else value for key, value in keys.items()}
        blocks = module.simulate(module.Settings().model_copy(update=keys), rng)
        return pd.concat(map(pd.DataFrame, blocks), ignore_index=True)

    return run


@pytest.fixture(scope="session")
def seed():
    """Of all random draws."""
    return 3


@pytest.fixture(scope="session")
def small_settings():
    """Settings of every simulation, by name."""
    assert sorted(SMALL) == simulation_names()
    return {name: load_simulation(name).Settings(**keys) for name, keys in SMALL.items()}


@pytest.fixture(scope="session")
def tables(small_settings, seed):
    """Table of every simulation, by name."""
    return {name: simulate(name, settings, seed=seed) for name, settings in small_settings.items()}
