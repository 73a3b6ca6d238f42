"""Accuracy on the clean training points minus test accuracy: Remark D.5 of Feng et al. 2024 (v1)."""

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Count, Rate, Strict
from uncollapse.theory.table import DIMENSION, N_POINTS, PHI, PSI, TRIAL, Blocks, count, number, table


class Settings(Strict):
    """Settings of the gap against N."""

    dimension: int = Field(20, ge=1, description="d, fixed while N grows; small, so that N / d covers 12 to 800.")
    sizes: tuple[Count, ...] = Field((250, 500, 1000, 2000, 4000, 8000, 16000), min_length=2, description="N.")
    separation: float = Field(
        1.5,
        gt=0,
        description="Distance of a class mean from the boundary in standard deviations. With the |mu|^2 of Figure 5 "
        "both accuracies are 1 and no gap exists; 1.5 gives a Bayes accuracy of 93%, that of Figure 3.",
    )
    penalty: float = Field(1e-3, gt=0, description="lambda; smaller than for Figure 5, since the signal is weaker.")
    error_rates: tuple[Rate, ...] = Field((0.0, 0.2, 0.4), min_length=1, description="p.")
    phi: float = Field(0.9, ge=0, le=1, description="A verifier that is neither absent nor perfect; open in the paper.")
    psi: float = Field(0.5, ge=0, le=1, description="As phi.")
    trials: int = Field(200, ge=2, description="Training sets per N: at 200 the slope is known to about 0.03.")


SCHEMA = table(
    key="n_points error_rate trial",
    columns=[
        DIMENSION,
        N_POINTS,
        number("error_rate", "p"),
        PHI,
        PSI,
        TRIAL,
        count("kept", "examples that the verifier kept"),
        number("train_accuracy", "on the kept examples' true labels (eq. 13), a fraction"),
        number("test_accuracy", "on the distribution, exact"),
        number("gap", "train minus test accuracy"),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """Students of selected noisy labels, judged on the kept examples' true labels and on the whole distribution.

    Both accuracies count agreement with the true label, so that the gap is generalization alone: the training
    accuracy is eq. 13, the test accuracy is exact.
    """
    from uncollapse.theory.gaussian_mixture import LabelFlips, draw_mixture, selected_signs
    from uncollapse.theory.linear_accuracy import cosine_to, label_accuracy
    from uncollapse.theory.ridge_logistic import fit_ridge_logistic

    dimension, separation = settings.dimension, settings.separation
    mean_square = separation**2 / (separation**2 + dimension)
    p = np.asarray(settings.error_rates, dtype=float)
    phi, psi = np.full(len(p), settings.phi), np.full(len(p), settings.psi)
    for n_points in settings.sizes:
        for trial, stream in enumerate(rng.spawn(settings.trials)):
            mixture = draw_mixture(
                n_points=n_points, dimension=dimension, mean_square=mean_square, case="symmetric", rng=stream
            )
            flips = LabelFlips.draw(n_points, stream)
            signs = selected_signs(mixture.labels, flips, error_rate=p, phi=phi, psi=psi)
            weights = fit_ridge_logistic(mixture.features, signs, penalty=settings.penalty)
            correct = (mixture.features @ weights.astype(np.float32) > 0) == mixture.labels[:, None]
            kept = np.count_nonzero(signs, axis=0)
            train = np.count_nonzero(correct & (signs != 0), axis=0) / np.maximum(kept, 1)
            test = label_accuracy(cosine_to(weights, mixture.means[1].astype(float)), separation=separation)
            yield {
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
