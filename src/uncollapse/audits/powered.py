"""Rates of the pool with the score as a prediction for every candidate: narrower where it tells something."""

from typing import Any

import numpy as np

from uncollapse.audits.intervals import Verdict, rates
from uncollapse.proxy.audit import Audit
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.normal import Z


def powered_rates(found: Audit, kept: Verdict, dropped: Verdict, *, rng: np.random.Generator) -> dict[str, Estimate]:
    """Rates with 95% intervals from the prediction-powered precisions of an audit; none where there are none.

    Each precision counts as one of so many labels drawn at random as its interval is as wide as, see
    :mod:`uncollapse.audits.intervals`; an interval is approximate, and no GO rests on it.
    """
    both = [found.powered.get(f"{name}_precision") for name in ("kept", "dropped")]
    if None in both:
        return {}
    sides = [_as_verdict(one, of) for one, of in zip(both, (kept, dropped), strict=True)]
    return {} if None in sides else rates(*sides, rng=rng)  # type: ignore[arg-type]


def _as_verdict(powered: Any, of: Verdict) -> Verdict | None:
    value, low, high = powered.powered
    variance = ((high - low) / 2 / Z) ** 2
    if not 0 < value < 1 or not variance:
        return None
    return Verdict(of.population, of.labels, value, value * (1 - value) / variance)
