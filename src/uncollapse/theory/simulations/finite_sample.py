"""Relative error against n' for every generator and verifier: Figure 3 of Feng et al. 2024, both rows."""

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from uncollapse.settings.misfit import Misfit
from uncollapse.settings.values import Angle, Count, Strict
from uncollapse.theory.table import TRIAL, Blocks, count, number, table, word


class Settings(Strict):
    """Section 4 of Feng et al. 2024 (v1)."""

    dimension: int = Field(
        107,
        ge=2,
        description="d. Open; the caption's Bayes accuracy of 94% at tau = 0.15 means Phi(0.15 sqrt(d)) = 0.94.",
    )
    tau: float = Field(0.15, gt=0, description="Overlap (Figure 3).")
    n_synthetic: int = Field(1_000_000, ge=1, description="N_1 (Figure 3).")
    n_original: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        (150, 500, 2000, 20_000),
        min_length=1,
        description="N_0 > d. Open; generators with 77%, 90%, 93% and 93.9% accuracy, from far below to above what the "
        "verifiers at pi/6 (91%) and pi/12 (93.3%) have.",
    )
    verifier_angles: tuple[Angle, ...] = Field((0.0, math.pi / 12, math.pi / 6), description="theta_prune (Figure 3).")
    labels: Literal["sampled", "thresholded"] = Field(
        "sampled",
        description="The text says labels come 'with sigmoid', so they are drawn from it; 'thresholded' takes the "
        "likelier label instead.",
    )
    selected: tuple[Count, ...] = Field(
        (100, 215, 464, 1000, 2154, 4642, 10_000, 21_544, 46_416, 100_000, 215_443, 464_159),
        min_length=1,
        description="n'. Open; three per decade up to what the verifiers keep of 10^6.",
    )
    penalty: float = Field(
        1.0,
        gt=0,
        description="lambda N_1 of eq. 1. Open; 1 is scikit-learn's default C. It sets where the sweet spot lies: at "
        "100 the minima move from n' of some 10^3 to some 10^4.",
    )
    tolerance: float = Field(
        3e-4,
        gt=0,
        description="Share of the gradient at zero that is left when a fit stops; 1e-4 changes no error by 1e-4.",
    )
    trials: int = Field(
        10, ge=3, description="Independent pools, verifiers and generators; effects are 10 times the intervals."
    )

    @model_validator(mode="after")
    def _within_the_pool(self) -> "Settings":
        """Generators have more examples than dimensions, and nobody selects more points than there are."""
        if min(self.n_original) <= self.dimension:
            raise Misfit(
                "n_original", f"{min(self.n_original)} examples, at most dimension = {self.dimension}; raise it"
            )
        if max(self.selected) > self.n_synthetic:
            raise ValueError(
                f"selected: {max(self.selected)} points of n_synthetic = {self.n_synthetic} cannot be; lower it"
            )
        return self


SCHEMA = table(
    key="trial n_original selection selected",
    columns=[
        TRIAL,
        count("dimension", "d"),
        number("tau", "overlap of the classes"),
        count("n_original", "N_0: examples of the generator; 0 for clean data"),
        word("selection", "oracle, theta ... deg, label oracle, random, clean"),
        number("angle", "theta_prune in radians; NaN where there is none", nan=True),
        count("selected", "n': examples of the student"),
        number("accuracy", "of the student on the distribution, exact, a fraction"),
        number("relative_error", "1 - accuracy / Bayes accuracy"),
        number("generator_accuracy", "of the generator; NaN for clean data", nan=True),
        number("error_rate", "p by the examples' own labels; NaN for clean data", nan=True),
        number("phi", "by the examples' own labels", nan=True),
        number("psi", "by the examples' own labels", nan=True),
        number("breakdown_point", "p_* by the examples' own labels", nan=True),
        number("error_rate_bayes", "p by the Bayes classifier's labels", nan=True),
        number("phi_bayes", "by the Bayes classifier's labels", nan=True),
        number("psi_bayes", "by the Bayes classifier's labels", nan=True),
        number("breakdown_point_bayes", "p_* by the Bayes classifier's labels", nan=True),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """Accuracy of students of n' selected examples, for every generator size N_0 and verifier.

    Within a trial all curves share the N_1 examples, so that differences between curves are paired. "oracle" is the
    verifier along w* (Sec. 4.1: verifiers go "from w* to w_theta"); "label oracle" keeps exactly the correct labels;
    "random" keeps all, in their order; "clean" has the true labels. Rows exist where n' examples were kept.
    """
    from uncollapse.theory import finite_sample
    from uncollapse.theory.linear_accuracy import label_accuracy

    dimension, tau, angles = settings.dimension, settings.tau, settings.verifier_angles
    separation = tau * np.sqrt(dimension)
    best = finite_sample.bayes_accuracy(dimension=dimension, tau=tau)
    for trial, stream in enumerate(rng.spawn(settings.trials)):
        pool = finite_sample.SyntheticPool(n_points=settings.n_synthetic, dimension=dimension, tau=tau, rng=stream)
        truth = np.eye(1, dimension)[0]
        bayes = np.where(pool.features[:, 0] > 0, np.int8(1), np.int8(-1))
        columns = [pool.labels]
        facts: list[dict] = [{"n_original": 0, "selection": finite_sample.CLEAN, "angle": np.nan}]
        vectors, uniforms = [], []
        for size in settings.n_original:
            vectors.append(finite_sample.draw_generator(n_original=size, dimension=dimension, tau=tau, rng=stream))
            uniforms.append(
                stream.random(settings.n_synthetic, dtype=np.float32) if settings.labels == "sampled" else 0.5
            )
            vectors += [truth if angle == 0 else finite_sample.verifier(angle, dimension, stream) for angle in angles]
        margins = pool.margins(vectors)
        for place, (size, uniform) in enumerate(zip(settings.n_original, uniforms, strict=True)):
            first = place * (1 + len(angles))
            generated = pool.generate(margins[first], uniform)
            cosine = finite_sample.cosine_to_truth(vectors[first][:, None])
            generator_accuracy = float(label_accuracy(cosine, separation=separation)[0])
            kept = {
                finite_sample.verifier_name(angle): (angle, pool.agreeing(generated, margins[row]))
                for row, angle in enumerate(angles, start=first + 1)
            }
            kept[finite_sample.LABEL_ORACLE] = (np.nan, np.where(generated == pool.labels, generated, np.int8(0)))
            kept[finite_sample.RANDOM] = (np.nan, generated)
            for name, (angle, signs) in kept.items():
                by_label = pool.rates(generated, signs, pool.labels)
                by_bayes = pool.rates(generated, signs, bayes)
                columns.append(signs)
                facts.append(
                    {"n_original": size, "selection": name, "angle": angle, "generator_accuracy": generator_accuracy}
                    | by_label
                    | {f"{key}_bayes": value for key, value in by_bayes.items()}
                )
        signs = np.stack(columns, axis=1)
        cosines = finite_sample.student_path(
            pool, signs, selected=settings.selected, penalty=settings.penalty, tolerance=settings.tolerance
        )
        accuracy = label_accuracy(cosines, separation=separation)
        for fact, curve in zip(facts, accuracy.T, strict=True):
            reached = ~np.isnan(curve)
            if reached.any():
                yield {
                    "trial": trial,
                    "dimension": dimension,
                    "tau": tau,
                    **fact,
                    "selected": np.asarray(settings.selected)[reached],
                    "accuracy": curve[reached],
                    "relative_error": 1 - curve[reached] / best,
                }
