"""Labels whose error rate depends on the class: Propositions E.3 and E.4 of Feng et al. 2024 (v1)."""

from typing import Annotated

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Count, Strict
from uncollapse.theory.table import DIMENSION, N_POINTS, PHI, PSI, TRIAL, Blocks, count, number, table, word


class Settings(Strict):
    """Settings of both cases of Condition D.1: b = -a (symmetric) and b = 0 (skewed)."""

    sizes: tuple[tuple[Annotated[int, Field(ge=2)], Count], ...] = Field(
        ((50, 1000), (100, 2000), (200, 4000)), min_length=1, description="(d, N); open, as for Figure 5."
    )
    mean_square: float = Field(0.5, ge=0, lt=1, description="a; as for Figure 5.")
    penalty: float = Field(1e-2, gt=0, description="lambda; as for Figure 5.")
    phi: float = Field(0.9, ge=0, le=1, description="A verifier that is neither absent nor perfect; open in the paper.")
    psi: float = Field(0.5, ge=0, le=1, description="As phi.")
    settings_per_trial: int = Field(40, ge=1, description="Random pairs of error rates (p_0, p_1) per training set.")
    trials: int = Field(25, ge=2, description="Training sets: 25 x 40 = 1000 runs per size and case.")


SCHEMA = table(
    key="case dimension n_points trial setting",
    columns=[
        word("case", "symmetric: b = -a; skewed: b = 0 (Condition D.1)"),
        DIMENSION,
        N_POINTS,
        number("mean_square", "a = |mu|^2"),
        number("penalty", "lambda"),
        PHI,
        PSI,
        TRIAL,
        count("setting", "which pair of error rates"),
        number("error_rate_0", "p_0: share of wrong labels in class 0"),
        number("error_rate_1", "p_1"),
        *(count(f"n{k}{label}", f"survivors of class {k} labelled {label}") for k in (0, 1) for label in (0, 1)),
        number("accuracy_0", "of the student on class 0, a fraction"),
        number("accuracy_1", "on class 1"),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """Accuracy of each class and survivor counts N_kl when the classes' labels are wrong at different, random rates."""
    from uncollapse.theory import gaussian_mixture
    from uncollapse.theory.ridge_logistic import fit_ridge_logistic

    for case, half in zip(("symmetric", "skewed"), rng.spawn(2), strict=True):
        for dimension, n_points in settings.sizes:
            for trial, stream in enumerate(half.spawn(settings.trials)):
                mixture = gaussian_mixture.draw_mixture(
                    n_points=n_points, dimension=dimension, mean_square=settings.mean_square, case=case, rng=stream
                )
                flips = gaussian_mixture.LabelFlips.draw(n_points, stream)
                rates = stream.random((settings.settings_per_trial, 2))
                phi, psi = (np.full_like(rates, rate) for rate in (settings.phi, settings.psi))
                signs = gaussian_mixture.selected_signs(mixture.labels, flips, error_rate=rates, phi=phi, psi=psi)
                weights = fit_ridge_logistic(mixture.features, signs, penalty=settings.penalty)
                accuracy = gaussian_mixture.class_accuracies(mixture, weights)
                yield {
                    "case": case,
                    "dimension": dimension,
                    "n_points": n_points,
                    **settings.model_dump(include={"mean_square", "penalty", "phi", "psi"}),
                    "trial": trial,
                    "setting": np.arange(settings.settings_per_trial),
                    "error_rate_0": rates[:, 0],
                    "error_rate_1": rates[:, 1],
                    **gaussian_mixture.survivor_counts(mixture.labels, signs),
                    "accuracy_0": accuracy[0],
                    "accuracy_1": accuracy[1],
                }
