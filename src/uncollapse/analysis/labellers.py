"""Models of several selections, each by several labellers: differences with the labeller as the unit of replication.

A labeller is a generator whose labels students learn from. Every selection is made from the labels of each of them, so
labellers are the blocks of a randomized block design (Fisher 1935), and what a selection is worth is a difference
within labellers. Its spread is that of such differences over labellers, which holds everything that one more generator
would change: its own training, its labels, and the students' seeds. Two labellers say little about one difference (one
degree of freedom), all selections together say more; they are taken together unless their spreads clearly differ.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from uncollapse.analysis.correctness import correctness
from uncollapse.statistics.counted import degrees_of_freedom
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import error_of_mean, from_variances
from uncollapse.statistics.replicates import UNEQUAL, Replicates, unequal_spreads
from uncollapse.statistics.sampled import ITEMS, Source

Cell = Mapping[str, np.ndarray]  # labeller -> (S, N), 100 where a model of that seed solves the prompt, else 0
LABELLERS = "labelling generators"
THEMSELVES = "generator"  # the cell of the labellers' own correctness, (1, N) each


@dataclass(frozen=True)
class Design:
    """Cells by selection; those ``given`` are models that are taken as they are, like the labellers themselves."""

    cells: Mapping[str, Cell]
    given: Sequence[str] = (THEMSELVES,)
    lent: tuple[float, int] = (0.0, 0)  # another design's ``pooled``, for one labeller whose students have one seed
    unit: str = LABELLERS  # what is replicated, in the plural; anything else than labellers is no model itself
    together: bool = True  # whether selections may have one spread over labellers

    @cached_property
    def blocks(self) -> list[str]:
        """Labellers that every cell has."""
        return self._common(self.cells)

    @cached_property
    def unequal(self) -> float:
        """Bartlett's p that all selections have one spread; NaN where that cannot be told.

        Several labellers: the smaller of two. One is of the means of each selection by labeller, as in a table's
        column: selections that follow their labellers by different amounts, such as students of 5,000 examples, which
        all end near the floor, and of 80,000, have no spread in common. The other is of what selection and labeller
        leave of a mean, which takes three labellers, since what they leave of two is one number twice. One labeller: of
        students' seeds.
        """
        if len(self.blocks) > 1:
            rest = unequal_spreads(self._rest) if len(self.blocks) > 2 else math.nan
            found = [p for p in (unequal_spreads(self._means), rest) if not math.isnan(p)]
            return min(found, default=math.nan)
        return self.seeds.unequal

    @cached_property
    def pooled(self) -> tuple[float, int]:
        """Variance of a cell's mean beside its selection and its labeller, and its degrees of freedom.

        Both 0 where each difference keeps a spread of its own: where selections are not taken together, with fewer than
        two labellers or three selections, or where spreads differ.
        """
        count = len(self._means)
        if not self.together or len(self.blocks) < 2 or count < 3 or self.unequal < UNEQUAL:
            return 0.0, 0
        freedom = (count - 1) * (len(self.blocks) - 1)
        return float((self._rest**2).sum()) / freedom, freedom

    @cached_property
    def _rest(self) -> np.ndarray:
        """(C, L) what a cell's mean has beside its selection and its labeller."""
        means = self._means
        return means - means.mean(0) - means.mean(1, keepdims=True) + means.mean()

    @cached_property
    def _means(self) -> np.ndarray:
        """(C, L) means by labeller of the cells that hang on it."""
        hanging = (cell for name, cell in self.cells.items() if name not in self._same)
        return np.array([[cell[labeller].mean() for labeller in self.blocks] for cell in hanging])

    @cached_property
    def _same(self) -> set[str]:
        """Cells that are one model for all labellers, as a start of Table 4 is.

        They spread with no labeller, and what differs from them spreads as the labellers do: a difference to them has a
        spread of its own.
        """
        first, *others = self.blocks or [""]
        return {
            name
            for name, cell in self.cells.items()
            if others and all(np.array_equal(cell[first], cell[one]) for one in others)
        }

    def difference(self, first: str, second: str) -> Estimate:
        """Mean of a selection minus that of another, in percentage points, over labellers that have both.

        With one labeller it speaks about that one alone: its students' seeds are what is replicated, with a spread that
        is pooled over cells. Where neither is, the spread is that which another design lent, over labellers; without
        one there is no interval.
        """
        return self.contrast({first: 1, second: -1})

    def contrast(self, weights: Mapping[str, float]) -> Estimate:
        """Sum of selections' means by their weights, which sum to zero, over labellers that have all of them."""
        gaps = self._weighted(weights)
        value, parts = float(gaps.mean()), [error_of_mean(gaps.mean(0), ITEMS)]
        if len(gaps) > 1:
            variance, freedom = (0.0, 0) if self._same & weights.keys() else self.pooled
            squares = sum(weight**2 for weight in weights.values())
            own = error_of_mean(gaps.mean(1), self.unit, models=self._models_of_one_more(weights))
            shared = own._replace(variance=squares * variance / len(gaps), freedom=freedom)
            return from_variances(value, [*parts, shared if freedom else own])
        (labeller,) = self._common(weights)
        trained = {(name, labeller): weight for name, weight in weights.items() if name not in self.given}
        if seeds := self.seeds.components(trained):
            return from_variances(value, [*parts, *seeds])
        variance, freedom = self.lent
        squares = sum(weight**2 for weight in weights.values())
        if trained and not freedom:
            return Estimate(value)
        return from_variances(value, [*parts, (squares * variance, freedom)] if trained else parts)

    def _models_of_one_more(self, weights: Mapping[str, float]) -> int:
        """Models that one more replicate takes: a labeller is one itself, and so is each of its students."""
        if self.unit != LABELLERS:
            return len(set(weights) - set(self.given))
        return len(weights) + (not set(weights) & set(self.given))

    def draws(self, names: Sequence[str], *, rng: np.random.Generator, number: int = 1000) -> np.ndarray:
        """(R, V) means of V selections, as other test prompts and other replicates would have made them.

        Other prompts are the same ones for all selections; their means are normal. To these is added what replicates
        spread, with their degrees of freedom: those of selections within labellers, or of students' seeds where one
        labels; without any replicates nothing.
        """
        common = self._common(names)
        by_prompt = np.array([np.mean([self.cells[name][one].mean(0) for one in common], 0) for name in names])
        covariance = np.atleast_2d(np.cov(by_prompt)) / by_prompt.shape[1]
        taken = rng.multivariate_normal(by_prompt.mean(1), covariance, size=number)
        variances, freedoms = self._spread_of_means(names, common)
        shared = len(set(freedoms)) == 1 and len(set(variances)) == 1
        chance = rng.chisquare(
            np.maximum(freedoms[:1] if shared else freedoms, 1), (number, 1 if shared else len(names))
        )
        noise = np.sqrt(variances * freedoms / chance) * rng.normal(size=(number, len(names)))
        return taken + noise

    def _spread_of_means(self, names: Sequence[str], common: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Squared standard error of each selection's mean over replicates (V,), and its degrees of freedom (V,)."""
        count = len(common)
        if count > 1:
            variance, freedom = self.pooled
            if freedom:
                return np.full(len(names), variance / count), np.full(len(names), freedom)
            means = np.array([[self.cells[name][one].mean() for one in common] for name in names])
            rest = means - means.mean(0) - means.mean(1, keepdims=True) + means.mean()
            return (rest**2).sum(1) / (count - 1) / count, np.full(len(names), count - 1)
        found = [self.seeds.components({(name, common[0]): 1.0}) if name not in self.given else [] for name in names]
        sources = [each[0] if each else Source(0.0, 1) for each in found]
        return np.array([each.variance for each in sources]), np.array([each.freedom for each in sources])

    @cached_property
    def seeds(self) -> Replicates:
        """Accuracy of each student, by selection and labeller."""
        cells = ((name, cell) for name, cell in self.cells.items() if name not in self.given)
        return Replicates({(name, one): models.mean(1) for name, cell in cells for one, models in cell.items()})

    @property
    def first(self) -> "Design":
        """The same of the first labeller alone."""
        return Design({name: dict(list(cell.items())[:1]) for name, cell in self.cells.items()}, self.given)

    def accuracy(self, selection: str) -> float:
        """Mean over labellers, seeds and prompts, percent."""
        return float(np.mean([models.mean() for models in self.cells[selection].values()]))

    @property
    def words(self) -> str:
        """A sentence on what intervals stand on."""
        count = len(self.blocks) if self.cells else 0
        if not count:
            return ""
        if count < 2:
            spread = "students' seeds" if self.seeds.words else "test prompts alone"
            about = f"About one labelling generator: intervals cover {spread}, not what another generator would change."
            return f"{about} {self.seeds.words}".strip()
        freedom = self.pooled[1]
        if freedom:
            return f"Over {count} {self.unit}, with one spread for all selections ({degrees_of_freedom(freedom)})."
        text = f"Over {count} {self.unit}, each difference with its own spread ({degrees_of_freedom(count - 1)})"
        return text + (f": spreads differ (Bartlett's p {self.unequal:.3f})." if self.unequal < UNEQUAL else ".")

    def _common(self, names: Iterable[str]) -> list[str]:
        first, *others = (self.cells[name] for name in names)
        return [labeller for labeller in first if all(labeller in cell for cell in others)]

    def _weighted(self, weights: Mapping[str, float]) -> np.ndarray:
        """(L, N) weighted sum within each labeller, over its seeds."""
        common = self._common(weights)
        if not common:
            raise ValueError(f"no labeller has all of {', '.join(weights)}")
        return np.array(
            [sum(weight * self.cells[name][one].mean(0) for name, weight in weights.items()) for one in common]
        )


def alike(labellers: pd.DataFrame, group: str = "") -> pd.DataFrame:
    """The labellers (labeller, model, group) that are replicates of one another: generators, or models of one group."""
    return labellers[labellers["group"] == group]


def by_labeller(
    models: pd.DataFrame, outcomes: pd.DataFrame, *, decoding: str, tolerance: float, labellers: pd.DataFrame
) -> Cell:
    """(S, N) correctness of ``models`` (model, labeller, seed) by seed, for each of the ``labellers`` that has some."""
    cell = {}
    for labeller in labellers["labeller"]:
        names = models[models["labeller"] == labeller].sort_values("seed")["model"].unique()
        if len(names):
            cell[labeller] = correctness(outcomes, models=list(names), decoding=decoding, tolerance=tolerance)
    return cell


def own_correctness(labellers: pd.DataFrame, outcomes: pd.DataFrame, *, decoding: str, tolerance: float) -> Cell:
    """(1, N) correctness of each of the ``labellers`` itself."""
    return {
        labeller: correctness(outcomes, models=[model], decoding=decoding, tolerance=tolerance)
        for labeller, model in labellers[["labeller", "model"]].itertuples(index=False)
    }


def replicates(models: pd.DataFrame, labellers: pd.DataFrame, *, cell: Sequence[str], value: str) -> pd.DataFrame:
    """The unit of replication in each cell of a table: its labellers where it has several, else its seeds.

    Parameters
    ----------
    models : a row per model: the columns of ``cell``, labeller, seed and ``value``.

    Returns
    -------
    The columns of ``cell``, seed, value and ``alone``, in the order of ``models``; for labellers ``seed`` is their
    place among :func:`alike`, and ``value`` the mean over their students' seeds. They are ``alone``: the same labellers
    stand in every cell, so that more cells are no more labellers, and no cell is surer than its own are many.
    """
    place = {labeller: number for number, labeller in enumerate(alike(labellers)["labeller"])}
    chosen = models[models["labeller"].isin(place)]
    several = chosen.groupby(list(cell), dropna=False)["labeller"].transform("nunique") > 1
    chosen = chosen.assign(seed=chosen["seed"].where(~several, chosen["labeller"].map(place)), alone=several)
    found = chosen.groupby([*cell, "seed", "alone"], sort=False, dropna=False, as_index=False)[value].mean()
    return found.rename(columns={value: "value"})
