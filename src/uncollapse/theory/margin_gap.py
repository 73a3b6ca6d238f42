"""Remark D.5 of Feng et al. 2024 (v1): accuracy on the clean training points minus test accuracy, against N."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from uncollapse.theory.gaussian_mixture import LabelFlips, draw_mixture, selected_signs
from uncollapse.theory.linear_accuracy import cosine_to, label_accuracy
from uncollapse.theory.ridge_logistic import fit_ridge_logistic


def train_test_gap(
    *,
    dimension: int,
    sizes: Sequence[int],
    separation: float,
    penalty: float,
    error_rates: Sequence[float],
    phi: float,
    psi: float,
    trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Students of selected noisy labels, judged on the kept examples' true labels and on the whole distribution.

    Both accuracies count agreement with the true label, so that the gap is generalization alone: the training
    accuracy is eq. 13, the test accuracy is exact.

    Parameters
    ----------
    dimension : d, fixed while N grows.
    sizes : N.
    separation : distance of a class mean from the boundary in standard deviations. It must be moderate: with well
        separated classes both accuracies are 1 and there is no gap to see.
    penalty : ridge strength lambda.
    error_rates : p.
    phi, psi : the verifier's rates.

    Returns
    -------
    One row per N, p and trial: dimension, n_points, error_rate, phi, psi, trial, kept, train_accuracy, test_accuracy,
        gap.
    """
    mean_square = separation**2 / (separation**2 + dimension)
    p = np.asarray(error_rates, dtype=float)
    blocks = []
    for n_points in sizes:
        for trial, stream in enumerate(rng.spawn(trials)):
            mixture = draw_mixture(
                n_points=n_points, dimension=dimension, mean_square=mean_square, case="symmetric", rng=stream
            )
            flips = LabelFlips.draw(n_points, stream)
            signs = selected_signs(
                mixture.labels, flips, error_rate=p, phi=np.full(len(p), phi), psi=np.full(len(p), psi)
            )
            weights = fit_ridge_logistic(mixture.features, signs, penalty=penalty)
            correct = (mixture.features @ weights.astype(np.float32) > 0) == mixture.labels[:, None]
            kept = np.count_nonzero(signs, axis=0)
            train = np.count_nonzero(correct & (signs != 0), axis=0) / np.maximum(kept, 1)
            test = label_accuracy(cosine_to(weights, mixture.means[1].astype(float)), separation=separation)
            blocks.append(
                pd.DataFrame(
                    {
                        "dimension": dimension,
                        "n_points": n_points,
                        "error_rate": p,
                        "phi": phi,
                        "psi": psi,
                        "trial": trial,
                        "kept": kept,
                        "train_accuracy": train,
                        "test_accuracy": test,
                        "gap": train - test,
                    }
                )
            )
    return pd.concat(blocks, ignore_index=True)


def log_log_slope(sizes: ArrayLike, values: ArrayLike) -> float:
    """Slope of the least-squares line through log(values) against log(sizes).

    >>> round(log_log_slope([1, 10, 100], [1.0, 0.1, 0.01]), 6)
    -1.0
    """
    return float(np.polyfit(np.log(np.asarray(sizes, dtype=float)), np.log(np.asarray(values, dtype=float)), 1)[0])
