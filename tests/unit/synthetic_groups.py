"""Made-up groups of further models beside the experiment of synthetic_run, in the shape of the real artifacts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import synthetic_run

PROMPTS = 800
QUALITY, SEED = "verifier_quality", 0
# data set: select, verifier kind, tolerance, rows, p*, median error, effective share
VERIFIERS: dict[str, tuple[Any, ...]] = {
    "unselected_less": ("all", None, None, 10, 0.5, 0.035, 1.0),
    "unselected_more": ("all", None, None, 40, 0.5, 0.030, 1.0),
    "within_2_less": ("correct", "tolerance", 0.02, 10, 1.0, 0.024, 0.6),
    "within_2_more": ("correct", "tolerance", 0.02, 40, 1.0, 0.010, 0.6),
    "within_1_more": ("correct", "tolerance", 0.01, 40, 1.0, 0.007, 0.5),
    "poor_more": ("correct", "noisy", 0.02, 40, 0.62, 0.020, 0.95),
    "good_more": ("correct", "noisy", 0.02, 40, 0.89, 0.011, 0.8),
    "easy_more": ("correct", "biased", 0.02, 40, 1.0, 0.022, 0.01),
}
# starting model: where from, its median error, and after fine-tuning on the three data sets
STARTS = {
    "model_a": ("generator-seed0", 0.0135, {"no_selection": 0.0170, "data_selection": 0.0142, "best_of_25": 0.0120}),
    "model_b": ("twin-as_good-seed0", 0.0136, {"no_selection": 0.0146, "data_selection": 0.0130, "best_of_25": 0.0090}),
    "model_c": ("more-better-seed0", 0.0020, {"no_selection": 0.0100, "data_selection": 0.0080, "best_of_25": 0.0060}),
    "model_d": ("twin-worse-seed0", 0.1000, {"no_selection": 0.0190, "data_selection": 0.0160, "best_of_25": 0.0110}),
}


def frames(
    verifiers: dict[str, float] | None = None, starts: dict[str, tuple[Any, ...]] | None = None, *, seeds: int = 2
) -> dict[str, Any]:
    """Every argument that checks of groups take; ``verifiers`` replaces median errors, ``starts`` whole entries."""
    outcomes = synthetic_run.outcomes(prompts=PROMPTS)
    rows, models = [], {}
    for name, (select, kind, tolerance, size, *_, median, _) in VERIFIERS.items():
        verifier = None if kind is None else name.partition("_")[0]
        rows.append((QUALITY, None, name, select, 1, verifier, kind, tolerance, size))
        for seed in range(seeds):
            models[f"{name}-{QUALITY}-seed{seed}"] = (verifiers or {}).get(name, median) * (1 + 0.01 * seed)
    data = synthetic_run.DATASETS.set_index("dataset")
    for group, (start, before, after) in (STARTS | (starts or {})).items():
        if not start.startswith("generator"):
            models[start] = before
        for name, median in after.items():
            select, beams, tolerance, size = data.loc[name, ["select", "beams", "tolerance", "rows"]]
            kind = "tolerance" if select in ("correct", "best") else None
            rows.append((group, start, name, select, beams, kind, kind, tolerance, size))
            for seed in range(seeds):
                models[f"{name}-{group}-seed{seed}"] = median * (1 + 0.01 * seed)
    group_outcomes = _outcomes(models)
    columns = ["group", "start", "dataset", "select", "beams", "verifier", "verifier_kind", "tolerance", "rows"]
    return {
        "groups": pd.DataFrame(rows, columns=columns),
        "evaluations": synthetic_run.evaluations(outcomes),
        "outcomes": outcomes,
        "group_evaluations": _evaluations(group_outcomes),
        "group_outcomes": group_outcomes,
        "labellers": synthetic_run.LABELLERS,
        "datasets": synthetic_run.DATASETS.assign(verifier=None, verifier_kind=None),
    }


def proxy() -> pd.DataFrame:
    """p*, kept rows and prompts of every data set of VERIFIERS."""
    rows = []
    for name, (*_, p_star, _, share) in VERIFIERS.items():
        exact = p_star in (0.5, 1.0)
        for quantity, value in (
            ("p_star", p_star),
            ("kept_precision", p_star),
            ("effective_share", share),
        ):
            width = 0.01 if quantity == "p_star" and not exact else 0.0
            rows.append((name, quantity, value, value - width, value + width))
    return pd.DataFrame(rows, columns=["dataset", "quantity", "value", "low", "high"]).assign(labeller="")


def curves() -> pd.DataFrame:
    """Learning curves of a noisy verifier's students, which still rise."""
    columns = ["model", "dataset", "group", "seed", "step", "examples", "validation_accuracy"]
    rows = [
        (f"good_more-{QUALITY}-seed{seed}", "good_more", QUALITY, seed, step, step * 10, accuracy)
        for seed in (0, 1)
        for step, accuracy in ((100, 0.3), (200, 0.4))
    ]
    return pd.DataFrame(rows, columns=columns)


def _outcomes(medians: dict[str, float]) -> pd.DataFrame:
    random = np.random.default_rng(7)
    hardness = random.normal(0, 0.8, PROMPTS)
    return pd.concat(
        [
            pd.DataFrame(
                {"model": model, "decoding": "greedy", "prompt_id": np.arange(PROMPTS), "first_error": errors}
            ).assign(best_error=errors)
            for model, median in medians.items()
            for errors in [median * np.exp(hardness + random.normal(0, 0.4, PROMPTS))]
        ],
        ignore_index=True,
    )


def _evaluations(outcomes: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for model, errors in outcomes.groupby("model", sort=False)["first_error"]:
        dataset, group, seed = str(model).split("-")
        for tolerance in synthetic_run.TOLERANCES:
            rows.append(
                (model, dataset, group, "grouped", int(seed.removeprefix("seed")), "greedy", 1, "verify_best",
                 tolerance, float((errors < tolerance).mean()))
            )  # fmt: skip
    columns = ["model", "dataset", "group", "role", "seed", "decoding", "beams", "selection", "tolerance", "accuracy"]
    return pd.DataFrame(rows, columns=columns).assign(labeller="")
