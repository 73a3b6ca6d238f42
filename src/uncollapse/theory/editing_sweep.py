"""The editing process of Zhu et al. 2024 under several rules for what may be edited, beside the formulas about it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from uncollapse.theory.editing import edit_process, editing_masks
from uncollapse.theory.editing_closed_form import expected_error, geometric_bound, theorem_error
from uncollapse.theory.editing_rule import EditingRule
from uncollapse.theory.regression_closed_form import one_fit_error


def editing_sweep(
    *,
    dimension: int,
    n_points: int,
    noise: float,
    rules: Sequence[EditingRule],
    trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Run the editing process of every rule, each trial on features, masks and noise of its own.

    Parameters
    ----------
    dimension, n_points : d and T, x ~ N(0, I_d).
    noise : sigma.

    Returns
    -------
    One row per rule, trial and round i = 1, ..., edits + 1, all errors over sigma^2 d / (T-d-1): policy, share, eta,
        dimension, n_points, trial, round, edited (labels edited before this fit), error (the process), expected (its
        exact expectation given X and the masks), theorem_error (eq. 5 on the same noise), theorem_expected (eq. 39),
        theorem_distance (|process - eq. 5|^2), bound_6 (= 2), bound_7 (NaN except under "halving"), law_8 (= i).
    """
    unit = float(one_fit_error(noise_variance=noise**2, dimension=dimension, n_points=n_points))
    blocks = []
    for rule, stream in zip(rules, rng.spawn(len(rules)), strict=True):
        bound = np.nan
        if rule.policy == "halving":
            bound = geometric_bound(
                dimension=dimension,
                n_points=n_points,
                noise_variance=noise**2,
                first_edits=round(rule.share * n_points),
                eta=rule.eta,
            )
        for trial, draw in enumerate(stream.spawn(trials)):
            design = draw.standard_normal((n_points, dimension))
            masks = editing_masks(
                rule.policy, n_points=n_points, share=rule.share, eta=rule.eta, edits=rule.edits, rng=draw
            )
            process, theorem = edit_process(design, masks, noise=noise, rng=draw)
            blocks.append(
                pd.DataFrame(
                    {
                        "policy": rule.policy,
                        "share": rule.share,
                        "eta": rule.eta,
                        "dimension": dimension,
                        "n_points": n_points,
                        "trial": trial,
                        "round": np.arange(1, rule.edits + 2),
                        "edited": np.concatenate([[0], masks.sum(axis=1)]),
                        "error": np.sum(process**2, axis=1) / unit,
                        "expected": expected_error(design, masks, noise_variance=noise**2) / unit,
                        "theorem_error": np.sum(theorem**2, axis=1) / unit,
                        "theorem_expected": theorem_error(design, masks, noise_variance=noise**2) / unit,
                        "theorem_distance": np.sum((process - theorem) ** 2, axis=1) / unit,
                        "bound_6": 2.0,
                        "bound_7": bound / unit,
                        "law_8": np.arange(1.0, rule.edits + 2),
                    }
                )
            )
    return pd.concat(blocks, ignore_index=True)
