"""Selections of many kinds, each with its p_*, its coverage and its students' accuracy: what foretells students?"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from uncollapse.analysis.dataset_words import dataset_words
from uncollapse.analysis.grouped_run import GroupedRun
from uncollapse.analysis.labellers import THEMSELVES, Cell, Design
from uncollapse.analysis.table import Row
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.rank_correlation import Ranks

# the config's group of students trained from scratch on what verifiers of many qualities keep
GROUP = "verifier_quality"
TOLERANCE = 0.02  # at which labels count as correct for p_*, and at which students are judged beside it


@dataclass(frozen=True, kw_only=True)
class Point:
    """Students of one data set: ``solved`` is their correctness by labeller, 0 or 100.

    ``p_star``, ``precision`` (share of kept labels that are correct) and ``share`` (how much of the prompts'
    distribution the kept ones still cover, see :func:`uncollapse.proxy.coverage.effective_share`) are means over
    labellers; ``kind`` is the verifier's, empty where nothing was selected. ``settings`` is the data set's row of the
    run's frames.
    """

    dataset: str
    kind: str
    rows: int
    p_star: Estimate
    precision: float
    share: float
    solved: Cell
    settings: Row = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """Mean over labellers, seeds and prompts, percent."""
        return float(np.mean([models.mean() for models in self.solved.values()]))

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


def points(run: GroupedRun, datasets: pd.DataFrame, proxy: pd.DataFrame, tolerance: float) -> list[Point]:
    """One point for each selection that students of one length and number of examples learned from, in config order.

    They are the data sets of ``downstream`` and those of GROUP, as many examples as most of them have; of two data sets
    chosen alike the first stands, and those without a p_* are left out.
    """
    of_group = run.groups[run.groups["group"] == GROUP]
    rows = [(row, run.from_scratch) for row in datasets.to_dict("records")]
    rows += [(row, lambda *names: run.solved(GROUP, *names)) for row in of_group.to_dict("records")]
    found: dict[tuple[object, ...], Point] = {}
    for row, solved in rows:
        alike = tuple(str(row[name]) for name in ("select", "beams", "verifier", "tolerance", "rows"))
        measured = _measured(proxy, row["dataset"])
        if measured is None or alike in found:
            continue
        point = Point(
            dataset=row["dataset"],
            kind=row["verifier_kind"] if isinstance(row["verifier_kind"], str) else "",
            rows=int(row["rows"]),
            p_star=measured["p_star"],
            precision=measured["kept_precision"].value,
            share=measured["effective_share"].value,
            solved=solved(row["dataset"], tolerance),
            settings=row,
        )
        if point.solved:
            found[alike] = point
    return _of_one_size(list(found.values()))


def design(run: GroupedRun, found: list[Point], tolerance: float) -> Design:
    """The points' students beside their labellers."""
    return Design({THEMSELVES: run.generator(tolerance), **{point.dataset: point.solved for point in found}})


def in_words(found: list[Point]) -> dict[str, str]:
    """Words for what each data set holds, told apart from the others that are ``found``."""
    return dataset_words(point.settings for point in found)


def ranks(found: list[Point], compared: Design | None = None) -> Ranks:
    """The ranks of p_* and of coverage beside those of accuracy; with intervals where the points' design is given."""
    foretold = {"p*": [point.p_star.value for point in found], "effective share": [point.share for point in found]}
    names = [point.dataset for point in found]
    draws = None if compared is None else compared.draws(names, rng=np.random.default_rng(0))
    return Ranks(foretold, [point.accuracy for point in found], draws)


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


def _measured(proxy: pd.DataFrame, dataset: str) -> dict[str, Estimate] | None:
    """Mean over labellers of each quantity of a data set, with the widest of their intervals; None without a p_*."""
    rows = proxy[proxy["dataset"] == dataset]
    found = {
        str(quantity): Estimate(
            of["value"].mean(), of["low"].fillna(of["value"]).min(), of["high"].fillna(of["value"]).max()
        )
        for quantity, of in rows.groupby("quantity", sort=False)
    }
    known = "p_star" in found and not np.isnan(found["p_star"].value)
    return found if known else None


def _of_one_size(found: list[Point]) -> list[Point]:
    """Points of one number of training examples: the one that most have, the larger of two such."""
    counts = Counter(point.rows for point in found)
    most = max(counts, key=lambda rows: (counts[rows], rows), default=0)
    return [point for point in found if point.rows == most]
