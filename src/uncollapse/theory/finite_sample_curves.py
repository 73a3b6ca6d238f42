"""Figure 3 of Feng et al. 2024, both rows: error against n' for every generator and verifier, and their p_*."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.theory.finite_sample import (
    SyntheticPool,
    bayes_accuracy,
    cosine_to_truth,
    draw_generator,
    student_path,
    verifier,
)
from uncollapse.theory.linear_accuracy import label_accuracy

Labels = Literal["sampled", "thresholded"]

#: Names of the selections that are not a linear verifier at an angle.
CLEAN, RANDOM, LABEL_ORACLE = "clean", "random", "label oracle"


def verifier_name(angle: float) -> str:
    """ "oracle" for a verifier along w*, else its angle: "theta 15 deg".

    >>> verifier_name(0.0), verifier_name(np.pi / 12)
    ('oracle', 'theta 15 deg')
    """
    return "oracle" if angle == 0 else f"theta {np.degrees(angle):g} deg"


def finite_sample_curves(
    *,
    dimension: int,
    tau: float,
    n_synthetic: int,
    n_original: Sequence[int],
    verifier_angles: Sequence[float],
    labels: Labels,
    selected: Sequence[int],
    penalty: float,
    tolerance: float,
    trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Accuracy of students of n' selected examples, for every generator size N_0 and verifier.

    Within a trial all curves share the N_1 examples, so that differences between curves are paired. "oracle" is the
    verifier along w* (Sec. 4.1: verifiers go "from w* to w_theta"); "label oracle" keeps exactly the correct labels;
    "random" keeps all, in their order; "clean" has the true labels.

    Parameters
    ----------
    dimension : d.
    tau : overlap of the classes.
    n_synthetic : N_1.
    n_original : N_0 > d.
    verifier_angles : angles to w*, radians; 0 is the oracle.
    labels : "sampled" or "thresholded", drawn from sigma(x . w_gen), or its sign.
    selected : n', increasing.
    penalty : lambda N_1 of eq. 1.
    tolerance : of `ridge_logistic.fit_ridge_logistic`.

    Returns
    -------
    One row per trial, N_0, selection and n': trial, dimension, tau, n_original, selection, angle (NaN where there is
        none), selected, accuracy, relative_error (1 - accuracy / Bayes accuracy), generator_accuracy, and p, phi, psi
        and p_* of the selection, twice: correct labels being the examples' own (error_rate, phi, psi, breakdown_point),
        or the Bayes classifier's (the same names with suffix _bayes). Rows exist where n' examples were kept. Clean
        rows have n_original 0 and no rates.
    """
    separation = tau * np.sqrt(dimension)
    best = bayes_accuracy(dimension=dimension, tau=tau)
    blocks = []
    for trial, stream in enumerate(rng.spawn(trials)):
        pool = SyntheticPool(n_points=n_synthetic, dimension=dimension, tau=tau, rng=stream)
        truth = np.eye(1, dimension)[0]
        bayes = np.where(pool.features[:, 0] > 0, np.int8(1), np.int8(-1))
        columns: list[NDArray[np.int8]] = [pool.labels]
        facts: list[dict] = [{"n_original": 0, "selection": CLEAN, "angle": np.nan}]
        vectors, uniforms = [], []
        for size in n_original:
            vectors.append(draw_generator(n_original=size, dimension=dimension, tau=tau, rng=stream))
            uniforms.append(stream.random(n_synthetic, dtype=np.float32) if labels == "sampled" else 0.5)
            vectors += [truth if angle == 0 else verifier(angle, dimension, stream) for angle in verifier_angles]
        margins = pool.margins(vectors)
        for place, (size, uniform) in enumerate(zip(n_original, uniforms, strict=True)):
            first = place * (1 + len(verifier_angles))
            generated = pool.generate(margins[first], uniform)
            cosine = cosine_to_truth(vectors[first][:, None])
            generator_accuracy = float(label_accuracy(cosine, separation=separation)[0])
            kept = {
                verifier_name(angle): (angle, pool.agreeing(generated, margins[first + 1 + number]))
                for number, angle in enumerate(verifier_angles)
            }
            kept[LABEL_ORACLE] = (np.nan, np.where(generated == pool.labels, generated, np.int8(0)))
            kept[RANDOM] = (np.nan, generated)
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
        accuracy = label_accuracy(
            student_path(pool, signs, selected=selected, penalty=penalty, tolerance=tolerance), separation=separation
        )
        for fact, curve in zip(facts, accuracy.T, strict=True):
            blocks.append(
                pd.DataFrame(
                    {
                        "trial": trial,
                        "dimension": dimension,
                        "tau": tau,
                        **fact,
                        "selected": selected,
                        "accuracy": curve,
                        "relative_error": 1 - curve / best,
                    }
                )
            )
    table = pd.concat(blocks, ignore_index=True)
    return table[table["accuracy"].notna()].reset_index(drop=True)
