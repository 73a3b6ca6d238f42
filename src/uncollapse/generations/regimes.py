"""Regimes: which rows each generation learns from, real ones and those that earlier generations wrote.

Generation 0 learns from real rows alone. Generation g >= 1 learns from rows by their origin: -1 for real ones, k for
those that the model of generation k wrote. Rows are named, never copied: however many generations learn from a row, it
is stored once.

replace, accumulate : Gerstgrasser et al. 2024.
accumulate_subsample, replace_multiple : Kazdan et al. 2024 (arXiv 2410.16713): accumulate at a fixed budget; replace
with as many rows as accumulate.
mixed : so many real rows beside so many of the generation before, weighted where asked for; the golden ratio is the
best weight of the real rows where both are equally many (He et al. 2025, arXiv 2502.18049).
"""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.settings.values import Strict

REAL = -1
GOLDEN = "golden"


class Replace(Strict):
    """Rows of the generation before alone."""

    kind: Literal["replace"]


class Accumulate(Strict):
    """All real rows and all rows of all generations before."""

    kind: Literal["accumulate"]


class AccumulateSubsample(Strict):
    """Rows in generation 0's number, drawn from all that accumulate would have."""

    kind: Literal["accumulate_subsample"]


class ReplaceMultiple(Strict):
    """Rows in accumulate's number, all of the generation before."""

    kind: Literal["replace_multiple"]


class Mixed(Strict):
    """Real rows beside rows of the generation before, in fixed numbers."""

    kind: Literal["mixed"]
    real: int = Field(ge=0, description="real rows of each generation")
    synthetic: int = Field(ge=0, description="rows of the generation before")
    fresh: bool = Field(
        default=False, description="real rows that no generation before has seen; else the first ones each time"
    )
    weight: Annotated[float, Field(gt=0, lt=1)] | Literal["golden"] | None = Field(
        default=None,
        description="share of the loss that the real rows have together: a number, golden for the share that is best in"
        " the long run (0.618 where both are equally many), or null for that of their number",
    )


Regime = Annotated[Replace | Accumulate | AccumulateSubsample | ReplaceMultiple | Mixed, Field(discriminator="kind")]


@dataclass(frozen=True)
class Chosen:
    """Rows that a generation learns from: origins (N,), numbers (N,) within them, and weights (N,) or None."""

    origins: NDArray[np.int32]
    numbers: NDArray[np.int64]
    weights: NDArray[np.float64] | None = None


def real_share(real: int, synthetic: int) -> float:
    """Share of the real rows in the loss that is best after many generations: (sqrt(k^2 + 4k) - k) / 2, k real per row.

    For a mean: each generation's variance is V = w^2 s / n + (1 - w)^2 (V + s / m), which solved for V is least where
    w^2 / k + w = 1. With as many real as synthetic rows it is 1 over the golden ratio (He et al. 2025).

    >>> round(real_share(100, 100), 3)
    0.618
    """
    k = real / synthetic
    return (math.sqrt(k * k + 4 * k) - k) / 2


def synthetic_rows(regime: Regime, generation: int, *, rows: int) -> int:
    """How many rows the model of a generation must write for those that come after it; ``rows`` is generation 0's."""
    if regime.kind == "replace_multiple":
        return rows * (generation + 2)
    return regime.synthetic if regime.kind == "mixed" else rows


def real_rows(regime: Regime, generation: int, *, rows: int) -> int:
    """How many real rows a generation may look at."""
    if generation and regime.kind == "mixed":
        return regime.real * (generation + 1) if regime.fresh else regime.real
    return rows if not generation or regime.kind.startswith("accumulate") else 0


def origins(regime: Regime, generation: int) -> list[int]:
    """Generations whose rows a generation may look at, without the real ones."""
    if not generation:
        return []
    return list(range(generation)) if regime.kind.startswith("accumulate") else [generation - 1]


def choose(regime: Regime, generation: int, *, rows: int, written: dict[int, NDArray[np.int64]], seed: int) -> Chosen:
    """Rows that a generation learns from.

    Parameters
    ----------
    rows : real rows of generation 0; its number of real rows in the later ones follows from the regime.
    written : numbers of the rows that each generation wrote, and its verifier kept, for :func:`origins`; the first
        ones are taken where there are more than the regime needs.
    seed : of the draws of ``accumulate_subsample``.
    """
    if not generation:
        return _joined({REAL: np.arange(rows)})
    if regime.kind == "mixed":
        first = regime.real * generation if regime.fresh else 0
        real = np.arange(first, first + regime.real)
        chosen = _joined({REAL: real, generation - 1: written[generation - 1][: regime.synthetic]})
        if regime.weight is None or not (regime.real and regime.synthetic):
            return chosen
        total = len(chosen.numbers)
        synthetic = total - regime.real  # fewer than the regime's where a verifier keeps fewer
        share = real_share(regime.real, synthetic) if regime.weight == GOLDEN else float(regime.weight)
        of_real, of_synthetic = share * total / regime.real, (1 - share) * total / synthetic
        return Chosen(chosen.origins, chosen.numbers, np.where(chosen.origins == REAL, of_real, of_synthetic))
    if not regime.kind.startswith("accumulate"):
        before = generation - 1
        return _joined({before: written[before][: synthetic_rows(regime, before, rows=rows)]})
    everything = _joined({REAL: np.arange(rows)} | {k: written[k][:rows] for k in range(generation)})
    if regime.kind == "accumulate":
        return everything
    places = np.random.default_rng([seed, generation]).choice(len(everything.numbers), rows, replace=False)
    places.sort()
    return Chosen(everything.origins[places], everything.numbers[places])


def _joined(numbers: dict[int, NDArray[np.int64]]) -> Chosen:
    return Chosen(
        np.concatenate([np.full(len(each), origin, dtype=np.int32) for origin, each in numbers.items()]),
        np.concatenate([np.asarray(each, dtype=np.int64) for each in numbers.values()]),
    )
