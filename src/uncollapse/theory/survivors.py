"""Propositions E.3 and E.4 of Feng et al. 2024 (v1): the majority of surviving labels decides what is learned."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from uncollapse.theory.gaussian_mixture import Case


def fixed_point(
    counts: dict[str, ArrayLike], *, same_class: float, other_class: float, penalty_total: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Solve eq. 43 for (B, D), the fitted probabilities of class 1 on examples of class 1 and of class 0.

    B = sigma((a N11 + b N01 - a (N11 + N10) B - b (N01 + N00) D) / gamma),
    D = sigma((b N11 + a N01 - b (N11 + N10) B - a (N01 + N00) D) / gamma),
    the last line printed with N10 + N10 where N11 + N10 is meant. This is the ridge-logistic fit of two prototypes with
    inner products a and b. Its dual unknowns s and t (eq. 34) satisfy gamma s = N11 - (N11 + N10) B and
    gamma t = N01 - (N01 + N00) D with B = sigma(a s + b t), D = sigma(b s + a t); Newton's method finds them.

    Parameters
    ----------
    counts : dict of (S,), n00, n01, n10, n11: kept examples with true class k and label l.
    same_class, other_class : a and b of Condition D.1.
    penalty_total : float or (S,), gamma = lambda N.

    Returns
    -------
    B, D : (S,) each

    Examples
    --------
    More correct survivors than wrong ones in both classes:

    >>> b, d = fixed_point({"n11": [60], "n10": [40], "n01": [30], "n00": [70]}, same_class=0.5, other_class=0.0,
    ...                    penalty_total=10.0)
    >>> bool(b[0] > 0.5), bool(d[0] < 0.5)
    (True, True)
    """
    n11, n10, n01, n00 = (np.atleast_1d(np.asarray(counts[key], dtype=float)) for key in ("n11", "n10", "n01", "n00"))
    kernel = np.array([[same_class, other_class], [other_class, same_class]])
    positive, total = np.stack([n11, n01]), np.stack([n11 + n10, n01 + n00])
    gamma = np.broadcast_to(np.asarray(penalty_total, dtype=float), n11.shape)
    dual = np.zeros_like(positive)

    def residual(alpha: NDArray) -> NDArray:
        return gamma * alpha - positive + total * expit(kernel @ alpha)

    for _ in range(200):
        gap = residual(dual)
        if np.all(np.abs(gap) <= 1e-10 * (1 + total)):
            break
        probability = expit(kernel @ dual)
        slope = total * probability * (1 - probability)
        jacobian = gamma[None, None] * np.eye(2)[:, :, None] + slope[:, None] * kernel[:, :, None]
        step = np.linalg.solve(np.moveaxis(jacobian, 2, 0), gap.T[:, :, None])[:, :, 0].T
        length = np.ones_like(gamma)
        for _ in range(40):
            worse = np.linalg.norm(residual(dual - length * step), axis=0) > np.linalg.norm(gap, axis=0) * (1 + 1e-12)
            if not worse.any():
                break
            length = np.where(worse, length / 2, length)
        dual = dual - length * step
    else:
        raise RuntimeError("Newton's method did not solve eq. 43")
    fitted = expit(kernel @ dual)
    return fitted[0], fitted[1]


def majority_agreement(runs: pd.DataFrame, *, case: Case) -> pd.DataFrame:
    """Compare, run by run, the majority of survivors with what the student learned.

    Proposition E.3 (case "symmetric"): all classes are learned exactly when N11 + N00 > N10 + N01. Proposition E.4
    (case "skewed"): class 1 exactly when N11 > N10, and class 0 exactly when N00 > N01.

    Parameters
    ----------
    runs : of the simulation "survivors", of one case.

    Returns
    -------
    One row per run and condition: the columns that identify the run, condition ("both", "class 0" or "class 1"),
    majority (correct minus wrong survivors), majority_share (the same per survivor), learned (accuracy above one
    half), agrees. Runs in which a condition's survivors are tied, or absent, are left out.

    Examples
    --------
    >>> runs = pd.DataFrame({"n00": [5], "n01": [1], "n10": [4], "n11": [2], "accuracy_0": [1.0], "accuracy_1": [0.1]})
    >>> majority_agreement(runs, case="skewed")[["condition", "majority", "learned", "agrees"]].values.tolist()
    [['class 0', 4, True, True], ['class 1', -2, False, True]]
    """
    if case == "symmetric":
        conditions = {
            "both": (
                runs["n11"] + runs["n00"],
                runs["n10"] + runs["n01"],
                (runs["accuracy_0"] + runs["accuracy_1"]) / 2,
            )
        }
    else:
        conditions = {
            "class 0": (runs["n00"], runs["n01"], runs["accuracy_0"]),
            "class 1": (runs["n11"], runs["n10"], runs["accuracy_1"]),
        }
    tables = []
    for condition, (correct, wrong, accuracy) in conditions.items():
        table = runs.drop(columns=["accuracy_0", "accuracy_1"]).assign(
            condition=condition,
            majority=correct - wrong,
            majority_share=(correct - wrong) / (correct + wrong).clip(lower=1),
            learned=accuracy > 0.5,
        )
        tables.append(table[table["majority"] != 0])
    agreement = pd.concat(tables, ignore_index=True)
    return agreement.assign(agrees=(agreement["majority"] > 0) == agreement["learned"])
