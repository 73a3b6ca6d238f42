"""Rows that every diagnostic returns, of one shape, each with its interval, found by resampling documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.statistics.intervals import Estimate

Z = 1.959964  # of a 95% normal interval


@dataclass(frozen=True)
class Measurement:
    """One number about a corpus, or about two.

    Attributes
    ----------
    diagnostic : str
        "unigrams", "bigrams", "top bigrams", "perplexity", "token probabilities", "embeddings" or "density".
    prior : str
        The model that judged, "" where none did.
    measure : str
    subject : str
        A corpus's name, or "B - A" for the difference of two.
    value, low, high : float
        Estimate and 95% interval.
    unit : str
    """

    diagnostic: str
    prior: str
    measure: str
    subject: str
    value: float
    low: float
    high: float
    unit: str


def as_frame(rows: Sequence[Measurement]) -> pd.DataFrame:
    """Measurements as a table, one row each."""
    return pd.DataFrame([asdict(row) for row in rows], columns=list(Measurement.__dataclass_fields__))


def difference(of: str, minus: str) -> str:
    """The subject of a difference.

    >>> difference("mine", "theirs")
    'mine - theirs'
    """
    return f"{of} - {minus}"


def resamples(units: int, *, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Counts (draws, units): how often each of ``units`` units is in each of ``draws`` bootstrap samples.

    Raises
    ------
    DataError
        For fewer than two units: nothing could be said about chance.
    """
    if units < 2:
        raise DataError(f"{units} document: an interval takes at least two")
    return rng.multinomial(units, np.full(units, 1 / units), size=draws)


def around(value: float, draws: NDArray[np.float64], *, least_error: float = 0.0) -> Estimate:
    """Normal interval from the spread of bootstrap draws.

    Not their percentiles: a measure like entropy falls when documents are drawn twice, so percentiles would miss the
    very value they belong to. ``least_error`` is the least standard error to go by, where draws may all be equal.
    """
    half = Z * max(float(np.std(draws, ddof=1)), least_error)
    return Estimate(float(value), float(value) - half, float(value) + half)


def measured(
    diagnostic: str,
    measure: str,
    draws: dict[str, NDArray[np.float64]],
    values: dict[str, float],
    *,
    unit: str,
    prior: str = "",
    bounds: tuple[float, float] = (-np.inf, np.inf),
    least_errors: dict[str, float] | None = None,
    ratio: bool = False,
) -> list[Measurement]:
    """A measure of each corpus, and the differences of all others to the first; corpora are resampled independently.

    Parameters
    ----------
    draws : bootstrap draws (R,) by corpus
    values : the measure itself, by corpus; the first is what others are compared with
    bounds : what the measure can be; a corpus's interval is cut there
    least_errors : least standard error of a corpus's value
    ratio : whether a corpus's interval is one of the logarithm, for positive measures that spread over magnitudes
    """
    least = dict.fromkeys(values, 0.0) | (least_errors or {})
    rows = [
        Measurement(
            diagnostic,
            prior,
            measure,
            name,
            *_triple(
                _around_ratio(value, draws[name]) if ratio else around(value, draws[name], least_error=least[name]),
                bounds,
            ),
            unit,
        )
        for name, value in values.items()
    ]
    first, *others = values
    for name in others:
        error = float(np.hypot(least[name], least[first]))
        found = around(values[name] - values[first], draws[name] - draws[first], least_error=error)
        rows.append(Measurement(diagnostic, prior, measure, difference(name, first), *_triple(found), unit))
    return rows


def weighted_quantiles(
    values: NDArray[np.float64], weights: NDArray[np.int64], levels: Sequence[float]
) -> NDArray[np.float64]:
    """Quantiles (R, L) of values (N,) repeated as often as each row of weights (R, N) says.

    Examples
    --------
    >>> weighted_quantiles(np.array([1.0, 2.0, 9.0]), np.array([[1, 1, 1], [3, 0, 0]]), [0.5]).tolist()
    [[2.0], [1.0]]
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[:, order], axis=1)
    positions = [np.argmax(reached >= level * reached[:, -1:] - 1e-9, axis=1) for level in np.clip(levels, 1e-12, 1)]
    return values[order][np.stack(positions, axis=1)]


def share_error(successes: float, trials: int) -> float:
    """Standard error of a share, above zero also where nothing or everything succeeded (Agresti and Coull 1998).

    >>> round(share_error(0, 96), 4)
    0.014
    """
    share = (successes + 2) / (trials + 4)
    return float(np.sqrt(share * (1 - share) / (trials + 4)))


def _around_ratio(value: float, draws: NDArray[np.float64]) -> Estimate:
    found = around(float(np.log(value)), np.log(draws))
    return Estimate(value, float(np.exp(found.low)), float(np.exp(found.high)))


def _triple(estimate: Estimate, bounds: tuple[float, float] = (-np.inf, np.inf)) -> tuple[float, float, float]:
    return estimate.value, max(estimate.low, bounds[0]), min(estimate.high, bounds[1])
