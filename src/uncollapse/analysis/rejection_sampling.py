"""Selections of answers as products ask for them: p* and the decision before training, and what students gained.

A seed has its own share of the train prompts, of which it has every selection, with a student of what is kept and one
of the random twin. So seeds are the blocks of a randomized block design, and what a selection is worth is a difference
within seeds, on the same test prompts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.analysis.labellers import Design
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import error_of_mean, from_variances
from uncollapse.statistics.rank_correlation import Ranks
from uncollapse.statistics.replicates import Replicates
from uncollapse.statistics.sampled import ITEMS

KEPT, RANDOM, BASE = "kept", "random", "base"
SEEDS = "seeds with prompts of their own"
GO, NO_GO = ("GO", "GO-BUT"), "NO-GO"


@dataclass(frozen=True)
class Point:
    """One selection: what is known before training, and what its students gained, in percentage points.

    ``over_twin`` is NaN for a control, which has no twin; ``rows`` are over all seeds.
    """

    selection: str
    verifier: str
    known: dict[str, Estimate]
    decision: str
    rows: int
    in_common: float
    covered: float
    pass_rate: float
    over_twin: Estimate
    over_base: Estimate

    @property
    def p_star(self) -> Estimate:
        """p* before training."""
        return self.known["p_star"]


@dataclass(frozen=True)
class SelectionRun:
    """The frames of one experiment.

    passed : selection, arm, seed, prompt_id, samples, passed
    audits : selection, quantity, value, low, high
    decisions : selection, decision, rows, in_common, covered
    selections : selection, verifier, of config
    """

    passed: pd.DataFrame
    audits: pd.DataFrame
    decisions: pd.DataFrame
    selections: pd.DataFrame

    @cached_property
    def rates(self) -> dict[tuple[str, str, int], NDArray[np.float64]]:
        """(N,) percent of the answers to each test prompt that pass, by selection, arm and seed; prompts all have."""
        share = self.passed.assign(rate=100 * self.passed["passed"] / self.passed["samples"])
        table = share.pivot_table(index="prompt_id", columns=["selection", "arm", "seed"], values="rate").dropna()
        return {(str(name[0]), str(name[1]), int(name[2])): table[name].to_numpy() for name in table.columns}

    @cached_property
    def design(self) -> Design:
        """All students, by selection and arm, within seeds."""
        cells: dict[str, dict[str, NDArray[np.float64]]] = {}
        for (selection, arm, seed), rates in self.rates.items():
            if arm != BASE:
                cells.setdefault(cell_of(selection, arm), {})[str(seed)] = rates[None]
        return Design(cells, given=(), unit=SEEDS)

    @cached_property
    def base(self) -> NDArray[np.float64]:
        """(N,) pass rates of the base model, percent."""
        return self.rates[BASE, BASE, 0]

    @cached_property
    def _by_seed(self) -> Replicates:
        cells = self.design.cells
        return Replicates({name: [float(one.mean()) for one in cell.values()] for name, cell in cells.items()})

    @property
    def base_passes(self) -> Estimate:
        """Pass rate of the base model, percent; one model, so that its interval is over test prompts alone."""
        return from_variances(float(self.base.mean()), [error_of_mean(self.base, ITEMS)])

    def passes(self, selection: str, arm: str = KEPT) -> Estimate:
        """Students' pass rate, percent."""
        return self._students(selection, arm, less=0.0)

    def over_base(self, selection: str, arm: str = KEPT) -> Estimate:
        """Students' pass rate minus the base model's, on the same test prompts."""
        return self._students(selection, arm, less=self.base)

    def _students(self, selection: str, arm: str, *, less: NDArray[np.float64] | float) -> Estimate:
        """Mean of students' pass rates (N,) less others', over test prompts and seeds, whose spread is pooled."""
        name = cell_of(selection, arm)
        rates = np.mean([rates[0] for rates in self.design.cells[name].values()], 0) - less
        seeds = [source._replace(unit=SEEDS) for source in self._by_seed.components({name: 1.0})]
        if not seeds:
            return Estimate(float(rates.mean()))
        return from_variances(float(rates.mean()), [error_of_mean(rates, ITEMS), *seeds])

    def over_twin(self, selection: str) -> Estimate:
        """Pass rate of students of what is kept minus that of the twin's, seed by seed on the same test prompts."""
        if cell_of(selection, RANDOM) not in self.design.cells:
            return Estimate(float("nan"))
        return self.design.difference(cell_of(selection, KEPT), cell_of(selection, RANDOM))

    @cached_property
    def points(self) -> list[Point]:
        """All selections whose students were tested, in the order of config."""
        decided = self.decisions.set_index("selection")
        found = []
        for row in self.selections.to_dict("records"):
            name = row["selection"]
            if cell_of(name, KEPT) not in self.design.cells:
                continue
            mine = self.audits[self.audits["selection"] == name]
            known = {one.quantity: Estimate(one.value, one.low, one.high) for one in mine.itertuples()}
            about = decided.loc[name]
            found.append(
                Point(
                    selection=name,
                    verifier=row["verifier"],
                    known=known,
                    decision=str(about["decision"]),
                    rows=int(about["rows"]),
                    in_common=float(about["in_common"]),
                    covered=float(about["covered"]),
                    pass_rate=self.design.accuracy(cell_of(name, KEPT)),
                    over_twin=self.over_twin(name),
                    over_base=self.over_base(name),
                )
            )
        return found

    @property
    def words(self) -> str:
        """A sentence on what intervals stand on."""
        return self.design.words if len(self.design.blocks) > 1 else "One seed, so that nothing has an interval."

    def ranks(self, names: Sequence[str] = ("p_star", "kept_precision")) -> Ranks:
        """Quantities known before training beside the pass rates of students of what was kept."""
        ranked = self.ranked
        foretold = {name: [point.known[name].value for point in ranked] for name in names}
        cells = [cell_of(point.selection, KEPT) for point in ranked]
        draws = self.design.draws(cells, rng=np.random.default_rng(0)) if len(self.design.blocks) > 1 else None
        return Ranks(foretold, [point.pass_rate for point in ranked], draws)

    @property
    def ranked(self) -> list[Point]:
        """The points whose p* is known."""
        return [point for point in self.points if not np.isnan(point.p_star.value)]


def cell_of(selection: str, arm: str) -> str:
    """Name of students in a design."""
    return f"{selection} {arm}"
