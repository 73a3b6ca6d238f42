"""Every simulation of the theory by name, at given settings: what a workflow stage runs.

>>> sorted(SIMULATIONS)[:3]
['accumulation', 'adaptive_limit', 'adaptive_ridge']
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from uncollapse.theory.accumulation_sweep import accumulation_sweep
from uncollapse.theory.class_dependent_errors import class_dependent_errors
from uncollapse.theory.editing_sweep import editing_sweep
from uncollapse.theory.finite_sample_curves import finite_sample_curves
from uncollapse.theory.least_squares_sweep import least_squares_sweep
from uncollapse.theory.margin_gap import train_test_gap
from uncollapse.theory.mixture_pruning import accuracy_curves, measured_breakdown
from uncollapse.theory.ridge_sweeps import adaptive_sweep, ridge_sweep
from uncollapse.theory.settings import TheorySettings
from uncollapse.theory.supervised_pruning import Mechanism, supervised_breakdown, supervised_curves

Simulation = Callable[[TheorySettings, np.random.Generator], pd.DataFrame]


def _mixture_curves(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    chosen = settings.mixture
    return accuracy_curves(
        sizes=chosen.sizes,
        mean_square=chosen.mean_square,
        penalty=chosen.penalty,
        pruners=chosen.pruners,
        error_rates=chosen.error_rates,
        trials=chosen.curve_trials,
        rng=rng,
    )


def _mixture_breakdown(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    chosen = settings.mixture
    tables = [
        measured_breakdown(
            sizes=sizes,
            mean_square=chosen.mean_square,
            penalty=chosen.penalty,
            pruners=chosen.pruners,
            levels=chosen.levels,
            slack=chosen.slack,
            bisections=chosen.bisections,
            trials=chosen.breakdown_trials,
            rng=stream,
        ).assign(growth=growth)
        for (growth, sizes), stream in zip(
            {"d and N": chosen.sizes, "N": chosen.fixed_dimension_sizes}.items(), rng.spawn(2), strict=True
        )
    ]
    return pd.concat(tables, ignore_index=True)


def _supervised(
    settings: TheorySettings, rng: np.random.Generator, simulate: Callable[..., pd.DataFrame], **arguments: object
) -> pd.DataFrame:
    chosen = settings.supervised
    mechanisms: tuple[Mechanism, Mechanism] = ("angles", "vectors")
    tables = [
        simulate(
            mechanism=mechanism,
            sizes=sizes,
            mean_square=chosen.mean_square,
            penalty=chosen.penalty,
            theta_prune=chosen.theta_prune,
            dihedral=chosen.dihedral,
            rng=stream,
            **arguments,
        )
        for mechanism, sizes, stream in zip(
            mechanisms, (chosen.angle_sizes, chosen.vector_sizes), rng.spawn(2), strict=True
        )
    ]
    return pd.concat(tables, ignore_index=True)


def _supervised_curves(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    chosen = settings.supervised
    return _supervised(settings, rng, supervised_curves, error_rates=chosen.error_rates, trials=chosen.curve_trials)


def _supervised_breakdown(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    chosen = settings.supervised
    return _supervised(
        settings, rng, supervised_breakdown, bisections=chosen.bisections, trials=chosen.breakdown_trials
    )


def _survivors(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    chosen = settings.survivors
    tables = [
        class_dependent_errors(
            case=case,
            sizes=chosen.sizes,
            mean_square=chosen.mean_square,
            penalty=chosen.penalty,
            phi=chosen.phi,
            psi=chosen.psi,
            settings_per_trial=chosen.settings_per_trial,
            trials=chosen.trials,
            rng=stream,
        )
        for case, stream in zip(("symmetric", "skewed"), rng.spawn(2), strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def _margin_gap(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    return train_test_gap(**settings.gap.model_dump(), rng=rng)


def _finite_sample(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    return finite_sample_curves(**settings.finite_sample.model_dump(exclude={"resamples"}), rng=rng)


def _least_squares(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    chosen = settings.regression
    tables = [
        least_squares_sweep(
            dimension=chosen.dimension,
            rounds=chosen.rounds,
            first_fits=chosen.first_fits,
            n_generated=chosen.n_generated,
            generated_noise=chosen.generated_noise,
            truth_norm=chosen.truth_norm,
            growing=growing,
            trials=chosen.trials,
            rng=stream,
        )
        for growing, stream in zip((False, True), rng.spawn(2), strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def _ridge(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    chosen = settings.regression
    return ridge_sweep(
        dimension=chosen.ridge_dimension,
        beta=chosen.ridge_beta,
        rounds=chosen.ridge_rounds,
        n_points=chosen.ridge_n_points,
        noise=chosen.ridge_noise,
        n_generated=chosen.ridge_n_generated,
        generated_noise=chosen.ridge_noise,
        penalties=chosen.ridge_penalties,
        trials=chosen.ridge_trials,
        rng=rng,
    )


def _adaptive_ridge(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    return adaptive_sweep(**settings.adaptive.model_dump(exclude={"asymptotic_n_points"}), rng=rng)


def _adaptive_limit(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    chosen = settings.adaptive
    arguments = chosen.model_dump(exclude={"asymptotic_n_points", "n_points", "trials"})
    return adaptive_sweep(**arguments, n_points=chosen.asymptotic_n_points, trials=0, rng=rng)


def _accumulation(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    return accumulation_sweep(**settings.accumulation.model_dump(), rng=rng)


def _editing(settings: TheorySettings, rng: np.random.Generator) -> pd.DataFrame:
    chosen = settings.editing
    return editing_sweep(
        dimension=chosen.dimension,
        n_points=chosen.n_points,
        noise=chosen.noise,
        rules=chosen.rules,
        trials=chosen.trials,
        rng=rng,
    )


SIMULATIONS: dict[str, Simulation] = {
    "mixture_curves": _mixture_curves,
    "mixture_breakdown": _mixture_breakdown,
    "supervised_curves": _supervised_curves,
    "supervised_breakdown": _supervised_breakdown,
    "survivors": _survivors,
    "margin_gap": _margin_gap,
    "finite_sample": _finite_sample,
    "least_squares": _least_squares,
    "ridge": _ridge,
    "adaptive_ridge": _adaptive_ridge,
    "adaptive_limit": _adaptive_limit,
    "accumulation": _accumulation,
    "editing": _editing,
}


def simulate(name: str, settings: TheorySettings) -> pd.DataFrame:
    """Run one simulation; its random draws depend on the seed and its name alone.

    Parameters
    ----------
    name : str
        Key of `SIMULATIONS`.
    settings : TheorySettings

    Returns
    -------
    DataFrame
        One row per setting and trial.

    Raises
    ------
    KeyError
        For an unknown name.
    """
    if name not in SIMULATIONS:
        raise KeyError(f"no simulation named {name!r}; there are {', '.join(sorted(SIMULATIONS))}")
    rng = np.random.default_rng([settings.seed, *name.encode()])
    return SIMULATIONS[name](settings, rng)
