"""Every simulation of the theory, once, at the smallest size that still shows its effect."""

import numpy as np
import pytest

from uncollapse.theory.editing_sweep import EditingRule
from uncollapse.theory.settings import (
    AccumulationSettings,
    AdaptiveSettings,
    EditingSettings,
    FiniteSampleSettings,
    GapSettings,
    MixtureSettings,
    RegressionSettings,
    SupervisedSettings,
    SurvivorSettings,
    TheorySettings,
)
from uncollapse.theory.simulations import SIMULATIONS, simulate

SMALL = TheorySettings(
    seed=3,
    mixture=MixtureSettings(
        sizes=((20, 400), (80, 1600)),
        fixed_dimension_sizes=((40, 400), (40, 3200)),
        error_rates=(0.2, 0.8),
        curve_trials=2,
        breakdown_trials=8,
        bisections=9,
    ),
    supervised=SupervisedSettings(
        angle_sizes=((40, 1600),),
        vector_sizes=((20, 3000),),
        theta_prune=(0.0, 0.8),
        dihedral=(0.0, np.pi / 2),
        error_rates=(0.2, 0.6),
        curve_trials=2,
        bisections=9,
        breakdown_trials=6,
    ),
    survivors=SurvivorSettings(sizes=((100, 1000),), settings_per_trial=20, trials=3),
    gap=GapSettings(sizes=(250, 1000, 4000), trials=60),
    finite_sample=FiniteSampleSettings(
        dimension=30, tau=0.3, n_synthetic=20_000, n_original=(40, 4000), selected=(60, 600, 12_000), trials=4
    ),
    regression=RegressionSettings(
        dimension=10,
        rounds=8,
        first_fits=((50, 1.0), (30, 1.0)),
        n_generated=50,
        trials=600,
        ridge_dimension=20,
        ridge_rounds=12,
        ridge_n_points=80,
        ridge_n_generated=(40, 10),
        ridge_penalties=(0.01, 0.1),
        ridge_trials=60,
    ),
    adaptive=AdaptiveSettings(n_points=(256, 1024, 4096), trials=30),
    accumulation=AccumulationSettings(
        dimensions=(1, 4),
        n_points=(4, 30),
        noise_variances=(1.0,),
        trials=200,
        row_trials=3,
        rounds=(1, 2, 3, 4, 5, 20),
    ),
    editing=EditingSettings(
        dimension=6,
        n_points=60,
        rules=(
            EditingRule("fresh", 0.3, 0.5**0.5, 12),
            EditingRule("frozen", 0.1, 0.5**0.5, 12),
            EditingRule("halving", 0.3, 0.5**0.5, 12),
            EditingRule("replace", 1.0, 0.5**0.5, 12),
        ),
        trials=60,
    ),
)


@pytest.fixture(scope="session")
def small_settings():
    return SMALL


@pytest.fixture(scope="session")
def tables():
    """Table of every simulation, by name."""
    return {name: simulate(name, SMALL) for name in SIMULATIONS}
