"""A made-up eigenvalue experiment in the shape of the real artifacts: answers are drawn, so that students of selected
labels are better, those of unselected ones worse, and a wider beam holds better candidates.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

TOLERANCES = (0.05, 0.02, 0.01, 0.005)
BEAMS = {"greedy": 1, "beam5": 5, "beam25": 25}
DATASETS = pd.DataFrame(
    [
        ("no_selection", "all", 1, None, 100_000),
        ("data_selection", "correct", 1, 0.02, 67_000),
        ("best_of_5", "best", 5, None, 100_000),
        ("best_of_25", "best", 25, None, 100_000),
        ("random", "random", 1, None, 67_000),
        ("clean", "labels", None, None, 100_000),
    ],
    columns=["dataset", "select", "beams", "tolerance", "rows"],
)
LABELLERS = pd.DataFrame([("", "generator-seed0", "")], columns=["labeller", "model", "group"])
# Median relative error of a model's answers; the generator's is 0.0135.
MEDIANS = {
    "no_selection": 0.0185,
    "data_selection": 0.0158,
    "best_of_5": 0.0110,
    "best_of_25": 0.0076,
    "random": 0.0187,
    "clean": 0.0022,
}


def outcomes(*, prompts: int = 3000, seeds: int = 3, medians: dict[str, float] | None = None) -> pd.DataFrame:
    """Errors of generators under three decodings and of students under greedy: log-normal, by the prompt's hardness.

    ``medians`` replaces entries of MEDIANS.
    """
    random = np.random.default_rng(7)
    hardness = random.normal(0, 0.8, prompts)
    frames = []

    def add(model: str, decoding: str, median: float, beam: int) -> None:
        noise = random.normal(0, 0.6, (prompts, beam))
        frames.append(
            pd.DataFrame(
                {
                    "experiment": "eigenvalues",
                    "model": model,
                    "decoding": decoding,
                    "prompt_id": np.arange(prompts),
                    "first_error": median * np.exp(hardness + noise[:, 0]),
                    "best_error": median * np.exp(hardness + noise.min(axis=1)),
                }
            )
        )

    for seed in range(seeds):
        median = 0.0135 * (1 + 0.04 * seed)
        for decoding, beam in BEAMS.items():
            add(f"generator-seed{seed}", decoding, median, beam)
    for dataset, median in (MEDIANS | (medians or {})).items():
        for seed in range(seeds):
            add(f"{dataset}-seed{seed}", "greedy", median * (1 + 0.02 * (seed - 1)), 1)
    return pd.concat(frames, ignore_index=True)


def evaluations(answers: pd.DataFrame) -> pd.DataFrame:
    """Accuracies counted from outcomes, verify-all and verify-best, at four tolerances."""
    rows = []
    for (model, decoding), group in answers.groupby(["model", "decoding"], sort=False):
        name, seed = model.rsplit("-seed", 1)
        generator = name == "generator"
        for tolerance in TOLERANCES:
            for selection, column in (("verify_all", "best_error"), ("verify_best", "first_error")):
                correct = int((group[column] < tolerance).sum())
                rows.append(
                    ("eigenvalues", model, "train" if generator else name, "generator" if generator else "downstream",
                     int(seed), decoding, BEAMS[decoding], selection, tolerance, len(group), correct,
                     correct / len(group))
                )  # fmt: skip
    columns = ["experiment", "model", "dataset", "role", "seed", "decoding", "beams", "selection", "tolerance"]
    return pd.DataFrame(rows, columns=[*columns, "prompts", "correct", "accuracy"]).assign(labeller="")


def proxy() -> pd.DataFrame:
    """Candidates, kept rows, p, phi, psi, kept precision and p* of three data sets."""
    values = {
        "no_selection": (100_000, 100_000, 0.33, 1.0, 1.0, 0.67, 0.5),
        "data_selection": (100_000, 66_540, 0.33, 1.0, 0.0, 1.0, 1.0),
        "best_of_5": (500_000, 100_000, 0.52, 0.35, 0.08, 0.88, 0.8140),
    }
    names = ("candidates", "kept", "p", "phi", "psi", "kept_precision", "p_star")
    rows = []
    for dataset, numbers in values.items():
        for name, value in zip(names, numbers, strict=True):
            known = name in ("candidates", "kept") or value in (0.0, 1.0)
            low, high = (None, None) if name in ("candidates", "kept") else (value, value)
            if not known:
                low, high = value - 0.003, value + 0.003
            rows.append((dataset, name, float(value), low, high))
    return pd.DataFrame(rows, columns=["dataset", "quantity", "value", "low", "high"]).astype(
        {"low": "float64", "high": "float64"}
    )


def curves(*, seeds: int = 3) -> pd.DataFrame:
    """Learning curves that rise to a level of each training set's own; every other step is not evaluated."""
    random = np.random.default_rng(3)
    rows = []
    levels = {"train": 0.674, "no_selection": 0.55, "data_selection": 0.61, "best_of_5": 0.73, "best_of_25": 0.838,
              "random": 0.54, "clean": 0.96}  # fmt: skip
    for dataset, level in levels.items():
        role, last = ("generator", 256_000) if dataset == "train" else ("downstream", 384_000)
        for seed in range(seeds):
            top = level + 0.012 * random.normal()
            model = f"{'generator' if dataset == 'train' else dataset}-seed{seed}"
            for step, examples in enumerate(range(0, last + 1, 16_000)):
                share = examples / last
                accuracy = top * (1 / (1 + np.exp(-9 * (share - 0.45)))) ** 0.8
                evaluated = step % 2 == 0
                rows.append(
                    (model, dataset, role, seed, step * 62, examples, 6 - 4.5 * share, 0.02,
                     6.9 * np.exp(-3 * share) + 1.9 - level if evaluated else None, accuracy if evaluated else None)
                )  # fmt: skip
    columns = ["model", "dataset", "role", "seed", "step", "examples", "loss", "learning_rate", "validation_loss"]
    return pd.DataFrame(rows, columns=[*columns, "validation_accuracy"]).assign(labeller="")
