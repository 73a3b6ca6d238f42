"""The editing process itself, under several rules for what may be edited: Zhu et al. 2024, Sec. 3.2."""

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Strict
from uncollapse.theory.editing import EditingRule
from uncollapse.theory.table import DIMENSION, N_POINTS, TRIAL, Blocks, count, number, table, word


class Settings(Strict):
    """Settings of the editing process."""

    dimension: int = Field(
        20, ge=1, description="d; the paper gives no numbers. With T = 200 the first fit's error is 0.11."
    )
    n_points: int = Field(200, ge=5, description="T.")
    noise: float = Field(1.0, gt=0, description="sigma; all errors are in units of the first fit's.")
    rules: tuple[EditingRule, ...] = Field(
        (
            EditingRule("disjoint", 0.1, 0.5**0.5, 10),
            EditingRule("fresh", 0.125, 0.5**0.5, 30),
            EditingRule("frozen", 0.125, 0.5**0.5, 30),
            EditingRule("frozen", 0.5, 0.5**0.5, 30),
            EditingRule("halving", 0.125, 0.5**0.5, 30),
            EditingRule("replace", 1.0, 0.5**0.5, 30),
        ),
        min_length=1,
        description="(policy, share, eta, edits). 12.5% is Table 9's share; disjoint sets of 10% exhaust the labels in "
        "10 edits; half of the labels shows that a frozen set must not be large; eta = sqrt(1/2) halves the number of "
        "edits.",
    )
    trials: int = Field(400, ge=2, description="Independent features, masks and noises: ratios to about 2%.")


SCHEMA = table(
    key="policy share eta trial round",
    columns=[
        word("policy", "which labels may be edited"),
        number("share", "of the labels, at first"),
        number("eta", "by which the mask's norm shrinks under halving"),
        DIMENSION,
        N_POINTS,
        TRIAL,
        count("round", "fits done"),
        count("edited", "labels edited before this fit"),
        number("error", "of the process"),
        number("expected", "its exact expectation given features and masks"),
        number("theorem_error", "of eq. 5 on the same noise"),
        number("theorem_expected", "eq. 39"),
        number("theorem_distance", "|process - eq. 5|^2"),
        number("bound_6", "2"),
        number("bound_7", "eq. 7; NaN except under halving", nan=True),
        number("law_8", "the round: full replacement"),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """The editing process of every rule, each trial on features x ~ N(0, I_d), masks and noise of its own.

    Errors are over sigma^2 d / (T-d-1), the first fit's, for rounds i = 1, ..., edits + 1.
    """
    from uncollapse.theory.editing import edit_process, editing_masks
    from uncollapse.theory.editing_closed_form import expected_error, geometric_bound, theorem_error
    from uncollapse.theory.regression_closed_form import one_fit_error

    dimension, n_points, variance = settings.dimension, settings.n_points, settings.noise**2
    unit = float(one_fit_error(noise_variance=variance, dimension=dimension, n_points=n_points))
    for rule, stream in zip(settings.rules, rng.spawn(len(settings.rules)), strict=True):
        bound = np.nan
        if rule.policy == "halving":
            bound = geometric_bound(
                dimension=dimension,
                n_points=n_points,
                noise_variance=variance,
                first_edits=round(rule.share * n_points),
                eta=rule.eta,
            )
        for trial, draw in enumerate(stream.spawn(settings.trials)):
            design = draw.standard_normal((n_points, dimension))
            masks = editing_masks(
                rule.policy, n_points=n_points, share=rule.share, eta=rule.eta, edits=rule.edits, rng=draw
            )
            process, theorem = edit_process(design, masks, noise=settings.noise, rng=draw)
            yield {
                "policy": rule.policy,
                "share": rule.share,
                "eta": rule.eta,
                "dimension": dimension,
                "n_points": n_points,
                "trial": trial,
                "round": np.arange(1, rule.edits + 2),
                "edited": np.concatenate([[0], masks.sum(axis=1)]),
                "error": np.sum(process**2, axis=1) / unit,
                "expected": expected_error(design, masks, noise_variance=variance) / unit,
                "theorem_error": np.sum(theorem**2, axis=1) / unit,
                "theorem_expected": theorem_error(design, masks, noise_variance=variance) / unit,
                "theorem_distance": np.sum((process - theorem) ** 2, axis=1) / unit,
                "bound_6": 2.0,
                "bound_7": bound / unit,
                "law_8": np.arange(1.0, rule.edits + 2),
            }
