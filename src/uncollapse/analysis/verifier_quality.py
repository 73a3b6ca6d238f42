"""Verifiers of many qualities, each with its p_* and its students' accuracy: how well does p_* foretell students?"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from uncollapse.analysis.dataset_words import dataset_words
from uncollapse.analysis.eigenvalue_run import GroupedRun
from uncollapse.analysis.table import Row
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.rank_correlation import over_verifiers_and_seeds

# the config's group of students trained from scratch on what verifiers of many qualities keep
GROUP = "verifier_quality"
# the values of p_*: what keeps all has one half, what knows the truth has one
BETWEEN = (0.5 - 1e-9, 1 + 1e-9)
# verifiers that look at a label's error alone; others may also change which prompts are kept
IMPARTIAL = ("", "tolerance", "noisy")


@dataclass(frozen=True, kw_only=True)
class Point:
    """Students of one data set: ``solved`` (S, N) is their correctness, 0 or 100; ``p_star`` with its interval.

    ``kind`` is the verifier's, empty where nothing was selected; ``shift`` the mean of the task's first feature over
    the kept prompts divided by that over all prompts, 1 where all are kept. ``settings`` is the data set's row of the
    run's groups.
    """

    dataset: str
    kind: str
    rows: int
    p_star: Estimate
    solved: np.ndarray
    shift: float = 1.0
    settings: Row = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """Mean over seeds and prompts, percent."""
        return float(self.solved.mean())

    @property
    def imperfect(self) -> bool:
        """Whether the verifier errs by design at random, and p_* is clearly above that of no verifier."""
        return self.kind == "noisy" and self.p_star.low > 0.5


def amounts(groups: pd.DataFrame) -> pd.DataFrame:
    """The data sets of GROUP in the table's terms: dataset, selection_tolerance_percent (null: all), training_examples.

    They are greedy labels, all or those within a tolerance; smaller sets first.
    """
    chosen = groups[(groups["group"] == GROUP) & (groups["beams"] == 1)]
    filtered = (chosen["select"] == "correct") & (chosen["verifier_kind"] == "tolerance")
    chosen = chosen[filtered | (chosen["select"] == "all")].assign(
        selection_tolerance_percent=lambda frame: (100 * frame["tolerance"].astype(float)).round(9),
        training_examples=lambda frame: frame["rows"].astype("int64"),
    )
    columns = ["dataset", "selection_tolerance_percent", "training_examples"]
    return chosen[columns].sort_values(columns[1:], ascending=[False, True]).reset_index(drop=True)


def points(run: GroupedRun, proxy: pd.DataFrame, kept: pd.DataFrame | None, tolerance: float) -> list[Point]:
    """One point for each data set of the group, in config order; those without a p_* are left out."""
    by_name = proxy.pivot_table(index="dataset", columns="quantity", values=["value", "low", "high"], dropna=False)
    found = []
    for row in run.groups[run.groups["group"] == GROUP].to_dict("records"):
        name = row["dataset"]
        if name not in by_name.index or np.isnan(by_name.at[name, ("value", "p_star")]):
            continue
        value, low, high = (float(by_name.at[name, (part, "p_star")]) for part in ("value", "low", "high"))
        found.append(
            Point(
                dataset=name,
                kind=row["verifier_kind"] if isinstance(row["verifier_kind"], str) else "",
                rows=int(row["rows"]),
                p_star=Estimate.known(value, low, high),
                solved=run.solved(GROUP, name, tolerance),
                shift=_shift(name, by_name.at[name, ("value", "kept")], by_name.at[name, ("value", "prompts")], kept),
                settings=row,
            )
        )
    return found


def comparable(found: list[Point]) -> list[Point]:
    """Points of one number of training examples: the one that most verifiers were run with, the larger of two such."""
    counts = Counter(point.rows for point in found)
    most = max(counts, key=lambda rows: (counts[rows], rows), default=0)
    return [point for point in found if point.rows == most]


def in_words(found: list[Point]) -> dict[str, str]:
    """Words for what each data set holds, told apart from the others that are ``found``."""
    return dataset_words(point.settings for point in found)


def correlation(found: list[Point]) -> Estimate:
    """Spearman's, of p_* with accuracy; its interval resamples verifiers and seeds."""
    return over_verifiers_and_seeds(
        [point.p_star.value for point in found],
        [point.solved.mean(1) for point in found],
        rng=np.random.default_rng(0),
    )


def misled(found: list[Point]) -> tuple[Point, Point] | None:
    """The pair (promised more, delivered more) with the largest loss of accuracy against the order of p_*, if any.

    The promise must be a real one: the p_* intervals do not overlap.
    """
    pairs = [
        (high, low)
        for high in found
        for low in found
        if high.p_star.low > low.p_star.high and high.accuracy < low.accuracy
    ]
    return max(pairs, key=lambda pair: pair[1].accuracy - pair[0].accuracy, default=None)


def _shift(dataset: str, kept_rows: float, all_rows: float, kept: pd.DataFrame | None) -> float:
    rows = kept[kept["dataset"] == dataset] if kept is not None else pd.DataFrame()
    if rows.empty or not kept_rows < all_rows:
        return 1.0
    first = rows.iloc[0]
    share = kept_rows / all_rows
    return float(first["kept_mean"] / (share * first["kept_mean"] + (1 - share) * first["dropped_mean"]))
