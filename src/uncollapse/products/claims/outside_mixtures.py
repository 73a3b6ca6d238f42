"""Works outside the four on real beside own rows: He et al. 2025 (arXiv 2502.18049), Kazdan et al. (2410.16713)."""

import pandas as pd

from uncollapse.analysis.generations import RISING_LOSS, in_words, last_difference, titled, unit_of
from uncollapse.analysis.seeds import over_seeds
from uncollapse.analysis.verdict import Finding, Part, conclude


def golden_weight_helps(losses: pd.DataFrame, runs: pd.DataFrame, learners: pd.DataFrame) -> Finding:
    """outside-2502.18049-a: with the golden weight of real rows the loss ends below that of all rows alike."""
    parts = []
    for _, run in runs[(runs["weight"] == "golden") & runs["fresh"]].iterrows():
        setting = ["learner", "real", "synthetic", "fresh"]
        same = (runs[setting] == run[setting]).all(axis=1)
        for name in runs.loc[same & (runs["weight"] == "") & (runs["verifier"] == ""), "run"]:
            last, fall = last_difference(losses, name, run["run"])
            label = f"{titled(learners, run['learner'])}, {in_words(run)}, generation {last}"
            parts.append(Part(label, fall, unit=unit_of(learners, run["learner"])))
    return conclude(
        "outside-2502.18049-a",
        "loss on held-out real rows in the last generation, all rows alike less golden weight of the real ones",
        parts,
        needs="It takes fresh real beside own rows, with the golden weight and without, over three seeds.",
        opening=RISING_LOSS,
    )


def worth_depends(losses: pd.DataFrame, runs: pd.DataFrame, learners: pd.DataFrame) -> Finding:
    """outside-2410.16713-b: own rows lower the loss more beside the fewest real rows than beside the most."""
    parts = []
    for name, grid in runs[runs["grid"] != ""].groupby("grid", sort=False):
        few, many = (gain(losses, grid, int(real)) for real in real_amounts(grid))
        both = few.index.intersection(many.index)
        if len(both):
            least, most = real_amounts(grid)
            learner = str(grid["learner"].iloc[0])
            label = f"{titled(learners, learner)}, grid {name}: beside {least:,} less beside {most:,} real"
            difference = over_seeds(few[both] - many[both])
            parts.append(Part(label, difference, unit=unit_of(learners, learner)))
    return conclude(
        "outside-2410.16713-b",
        "fall of the loss with the most own rows, beside the fewest real rows less beside the most",
        parts,
        needs="It takes a grid of real and own rows, with none of the latter among it, over at least three seeds.",
        opening=f"{RISING_LOSS} All own rows are by generation 0, which has learned from all of the learner's rows.",
    )


def real_amounts(grid: pd.DataFrame) -> tuple[int, int]:
    """The fewest (at least one) and the most real rows of a grid; 0 and 0 where it has one amount."""
    amounts = sorted({int(real) for real in grid["real"] if real > 0})
    return (amounts[0], amounts[-1]) if len(amounts) > 1 else (0, 0)


def gain(losses: pd.DataFrame, grid: pd.DataFrame, real: int) -> pd.Series:
    """Fall of the loss by seed from no own rows to the most, beside so many real rows; empty without such runs."""
    cells = grid[grid["real"] == real].sort_values("synthetic")
    if not real or len(cells) < 2 or cells["synthetic"].iloc[0]:
        return pd.Series(dtype=float)
    without, most = (losses[(losses["run"] == run) & (losses["generation"] == 1)] for run in cells["run"].iloc[[0, -1]])
    return without.set_index("seed")["value"] - most.set_index("seed")["value"]
