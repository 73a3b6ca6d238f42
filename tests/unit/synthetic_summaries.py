"""A made-up summaries experiment in the shape of the real artifacts: scores are drawn around a level per model, on the
same articles, so that selectors differ by as much as a test wants them to.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

PROMPTS = 300
LEVELS = {
    "generator": 0.240,
    "stronger": 0.262,
    "original": 0.270,
    "oracle": 0.290,
    "self": 0.258,
    "weak": 0.233,
    "random": 0.231,
}
STARS = {"oracle": 0.99, "self": 0.66, "weak": 0.55, "random": 0.50}
SHARES = {"12": 0.125, "50": 0.5}
VERIFIERS = {"oracle": ("rouge", None), "self": ("perplexity", "generator"), "weak": ("perplexity", "stronger")}

DATASETS = pd.DataFrame(
    [
        {
            "dataset": f"{selector}_{label}",
            "select": "random" if selector == "random" else "top",
            "verifier": None if selector == "random" else selector,
            "verifier_kind": VERIFIERS.get(selector, (None, None))[0],
            "verifier_model": VERIFIERS.get(selector, (None, None))[1],
            "share": share,
        }
        for label, share in SHARES.items()
        for selector in STARS
    ]
)
FURTHER = pd.DataFrame(
    [
        {"name": "stronger", "train_share": 0.5, "same_base": True},
        {"name": "original", "train_share": 1.0, "same_base": True},
    ]
)


def labellers(draws: int = 1) -> pd.DataFrame:
    """The generators of so many draws of the pool."""
    rows = [{"labeller": f"by{draw}" if draw else "", "model": f"generator-seed{draw}"} for draw in range(draws)]
    return pd.DataFrame(rows).assign(group="")


def outcomes(
    levels: dict[str, float] | None = None, *, seeds: int = 3, shifts: Sequence[float] = (0.0,), noise: float = 0.0
) -> pd.DataFrame:
    """ROUGE-1 and ROUGE-2 per model and article; students of the larger share are a little better.

    Every draw of the pool shifts the level of all its models by one of ``shifts``, and each by ``noise`` of its own.
    """
    random, level = np.random.default_rng(3), LEVELS | (levels or {})
    hardness = random.normal(0, 0.08, PROMPTS)
    frames = []

    def add(dataset: str, role: str, seed: int, mean: float, draw: int = 0) -> None:
        labeller = f"by{draw}" if draw and role != "generator" else ""
        model = "generator" if role == "generator" else ".".join(filter(None, (dataset, labeller)))
        model, mean = f"{model}-seed{seed}", mean + shifts[draw] + (random.normal(0, noise) if noise else 0.0)
        for metric, factor in (("rouge1", 1.0), ("rouge2", 0.4)):
            value = np.clip(mean + hardness + random.normal(0, 0.02, PROMPTS), 0, 1) * factor
            ids = np.arange(PROMPTS)
            frames.append(
                pd.DataFrame(
                    {"model": model, "dataset": dataset, "labeller": labeller, "role": role, "seed": seed,
                     "decoding": "greedy", "prompt_id": ids, "metric": metric, "value": value}
                )
            )  # fmt: skip

    for draw in range(len(shifts)):
        add("train", "generator", draw, level["generator"], draw)
        for name in ("stronger", "original"):
            add(name, "downstream", 0, level[name], draw)
        for row in DATASETS.to_dict("records"):
            for seed in range(seeds):
                bonus = 0.006 if row["share"] > 0.2 else 0.0
                add(row["dataset"], "downstream", seed, level[row["dataset"].partition("_")[0]] + bonus, draw)
    return pd.concat(frames, ignore_index=True)


def proxy(stars: dict[str, float] | None = None, *, draws: int = 1) -> pd.DataFrame:
    """p_* of every data set of every draw at the chosen threshold and at two others."""
    known = STARS | (stars or {})
    rows = []
    for row in DATASETS.to_dict("records"):
        star = known[row["dataset"].partition("_")[0]]
        for threshold, chosen, shift in ((0.22, True, 0.0), (0.1, False, 0.01), (0.4, False, -0.01)):
            value = min(1.0, star + shift)
            rows.append((row["dataset"], threshold, chosen, "p_star", value, value - 0.02, min(1.0, value + 0.02)))
            rows.append((row["dataset"], threshold, chosen, "p", 0.5, 0.47, 0.53))
    found = pd.DataFrame(rows, columns=["dataset", "threshold", "chosen", "quantity", "value", "low", "high"])
    return pd.concat([found.assign(labeller=name) for name in labellers(draws)["labeller"]], ignore_index=True)


def baselines() -> pd.DataFrame:
    """First words at 0.20, another article's summary at 0.12."""
    parts = [
        pd.DataFrame({"baseline": name, "prompt_id": np.arange(PROMPTS), "metric": metric, "value": factor * level})
        for name, level in (("lead", 0.20), ("random", 0.12))
        for metric, factor in (("rouge1", 1.0), ("rouge2", 0.4))
    ]
    return pd.concat(parts, ignore_index=True)


def evaluations(found: pd.DataFrame) -> pd.DataFrame:
    """Means of outcomes."""
    keys = ["model", "dataset", "labeller", "role", "seed", "decoding", "metric"]
    return found.groupby(keys, sort=False)["value"].agg(value="mean", prompts="size").reset_index()
