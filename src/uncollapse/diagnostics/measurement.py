"""Rows that every diagnostic returns, of one shape, each with its interval, found by resampling documents."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.statistics.bootstrap import around
from uncollapse.statistics.estimate import Estimate


@dataclass(frozen=True)
class Measurement:
    """One number about a corpus, or about two.

    Attributes
    ----------
    diagnostic : "unigrams", "bigrams", "top bigrams", "perplexity", "token probabilities", "embeddings" or "density"
    prior : the model that judged, "" where none did
    subject : a corpus's name, or "B - A" for the difference of two
    value, low, high : estimate and 95% interval
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
    rows = []
    for name, value in values.items():
        found = _around_ratio(value, draws[name]) if ratio else around(value, draws[name], least_error=least[name])
        rows.append(Measurement(diagnostic, prior, measure, name, *found.within(bounds), unit))
    first, *others = values
    for name in others:
        error = float(np.hypot(least[name], least[first]))
        found = around(values[name] - values[first], draws[name] - draws[first], least_error=error)
        rows.append(Measurement(diagnostic, prior, measure, difference(name, first), *found, unit))
    return rows


def _around_ratio(value: float, draws: NDArray[np.float64]) -> Estimate:
    found = around(float(np.log(value)), np.log(draws))
    return Estimate(value, float(np.exp(found.low)), float(np.exp(found.high)))
