"""Labels whose error rate depends on the class: what each class's survivors teach."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from uncollapse.theory.gaussian_mixture import (
    Case,
    LabelFlips,
    class_accuracies,
    draw_mixture,
    selected_signs,
    survivor_counts,
)
from uncollapse.theory.ridge_logistic import fit_ridge_logistic


def class_dependent_errors(
    *,
    case: Case,
    sizes: Sequence[tuple[int, int]],
    mean_square: float,
    penalty: float,
    phi: float,
    psi: float,
    settings_per_trial: int,
    trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Accuracy of each class and survivor counts N_kl when the classes' labels are wrong at different, random rates.

    The raw material of Propositions E.3 (case "symmetric") and E.4 (case "skewed") of Feng et al. 2024 (v1).

    Parameters
    ----------
    case : "symmetric" or "skewed"
    phi, psi : the verifier's rates.
    settings_per_trial : pairs of error rates (p_0, p_1), uniform in the unit square, tried on each training set.
    sizes, mean_square, penalty, trials, rng : as in `mixture_pruning.accuracy_curves`.

    Returns
    -------
    One row per d, trial and setting ("run"): case, dimension, n_points, mean_square, penalty, phi, psi, trial, setting,
        error_rate_0, error_rate_1, n00, n01, n10, n11, accuracy_0, accuracy_1.
    """
    blocks = []
    for dimension, n_points in sizes:
        for trial, stream in enumerate(rng.spawn(trials)):
            mixture = draw_mixture(
                n_points=n_points, dimension=dimension, mean_square=mean_square, case=case, rng=stream
            )
            flips = LabelFlips.draw(n_points, stream)
            rates = stream.random((settings_per_trial, 2))
            keep = np.ones_like(rates)
            signs = selected_signs(mixture.labels, flips, error_rate=rates, phi=phi * keep, psi=psi * keep)
            accuracy = class_accuracies(mixture, fit_ridge_logistic(mixture.features, signs, penalty=penalty))
            blocks.append(
                {
                    "case": case,
                    "dimension": dimension,
                    "n_points": n_points,
                    "mean_square": mean_square,
                    "penalty": penalty,
                    "phi": phi,
                    "psi": psi,
                    "trial": trial,
                    "setting": np.arange(settings_per_trial),
                    "error_rate_0": rates[:, 0],
                    "error_rate_1": rates[:, 1],
                    **survivor_counts(mixture.labels, signs),
                    "accuracy_0": accuracy[0],
                    "accuracy_1": accuracy[1],
                }
            )
    return pd.concat([pd.DataFrame(block) for block in blocks], ignore_index=True)
