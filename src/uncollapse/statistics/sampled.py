"""Estimates that know what their interval stands on, and how much of it would narrow the interval enough."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from uncollapse.statistics.estimate import Estimate

ITEMS = "test prompts"  # a kind of unit that takes no further training
HOPELESS = 100  # times as much as now: more of the same would not do


class Source(NamedTuple):
    """One source of an estimate's error: its squared standard error and degrees of freedom, and what it is.

    ``unit`` names what is replicated, in the plural, ``count`` times in each group; one more of it takes ``models``
    further models to be trained, over all groups that the estimate is of.
    """

    variance: float
    freedom: float
    unit: str = ""
    count: int = 0
    models: int = 0


class Sampled(Estimate):
    """An estimate with the sources of its error; their variances count beside one another, in whatever unit."""

    sources: tuple[Source, ...] = ()

    @staticmethod
    def of(estimate: Estimate, sources: Iterable[Source]) -> "Sampled":
        """The estimate, with the sources of its error."""
        found = Sampled(*estimate)
        found.sources = tuple(source for source in sources if source.unit)
        return found

    @property
    def negated(self) -> Estimate:
        """The estimate of the quantity's negative."""
        return Sampled.of(super().negated, self.sources)


def counts(sources: Sequence[Source], ratio: float) -> dict[str, int] | None:
    """How many of each unit would make an interval ``ratio`` (below one) times as wide; None where none would.

    Replicates come first; where all of :data:`HOPELESS` times as many would not do, there are more test prompts too, as
    many times as replicates. More replicates also have more degrees of freedom, so that intervals narrow by more than
    the root of their number. Units that stay as they are are left out.

    >>> counts([Source(1.0, 2, "seeds", 3)], 0.5)
    {'seeds': 6}
    >>> counts([Source(0.1, 2, "seeds", 3), Source(1.0, 3999, ITEMS, 4000)], 0.5)
    {'seeds': 12, 'test prompts': 15875}
    """
    replicated = {source.unit for source in sources if source.unit != ITEMS}
    for units in (replicated, {source.unit for source in sources}):
        if not units or _width(sources, units, HOPELESS) > ratio:
            continue
        few, many = 1.0, float(HOPELESS)
        for _ in range(60):
            between = math.sqrt(few * many)
            few, many = (few, between) if _width(sources, units, between) <= ratio else (between, many)
        now = {source.unit: source.count for source in reversed(sources)}
        return {unit: math.ceil(now[unit] * many - 1e-6) for unit in sorted(units, key=ITEMS.__eq__)}
    return None


def further_models(sources: Sequence[Source], wanted: dict[str, int]) -> int:
    """How many more models it takes to have so many of each unit."""
    return sum(source.models * max(wanted.get(source.unit, 0) - source.count, 0) for source in sources)


def _width(sources: Sequence[Source], units: set[str], times: float) -> float:
    """Width of the interval with ``times`` as many of some units, over today's."""

    def half(factors: Sequence[float]) -> float:
        parts = [source.variance / factor for source, factor in zip(sources, factors, strict=True)]
        total = sum(parts)
        if not total:
            return 0.0
        freedoms = [source.freedom * factor for source, factor in zip(sources, factors, strict=True)]
        freedom = total**2 / sum(part**2 / of for part, of in zip(parts, freedoms, strict=True) if part)
        return float(stats.t.ppf(0.975, freedom)) * math.sqrt(total)

    now = half(np.ones(len(sources)))
    return half([times if source.unit in units else 1.0 for source in sources]) / now if now else 0.0
