"""p, phi, psi, precision of what is kept and p_* of the pool that a sheet was drawn from, with 95% intervals.

What is random is which candidates were drawn; their truths and the pool are fixed. So no intervals are wider for
candidates of one prompt that are right together: it is this pool they are about. Of a verdict, with N_h candidates in
stratum h and n_h of them labelled, r_h right,

    precision = sum_h W_h r_h / n_h,    variance = sum_h W_h^2 (1 - n_h / N_h) s_h^2 / n_h,    W_h = N_h / N,

where s_h^2 is q_h (1 - q_h), q_h being r_h / n_h drawn towards the verdict's precision by one label's weight, since
a stratum with nothing wrong among few labels is not surely without. Held against q (1 - q), q = sum_h W_h q_h, it is
that of so many labels drawn at random (effective labels; Korn and Graubard 1998). Both precisions are drawn from Beta
distributions with half a label added to right and to wrong (Jeffreys' intervals, whose coverage is near 95% on average
and not at the least; Brown, Cai and DasGupta 2001). Rates follow from these draws as in
:mod:`uncollapse.proxy.population`. Where all labels of a verdict agree, what they leave open ends at 0 or 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.proxy.estimate import quantities
from uncollapse.proxy.noisy_labels import LabelErrors
from uncollapse.statistics.bootstrap import LEVELS, percentiles
from uncollapse.statistics.estimate import Estimate

DRAWS = 4000
_SMOOTHED = 1.0  # labels of the verdict's precision that are added to a stratum's
_SURE = 1e9  # effective labels where all are labelled


@dataclass(frozen=True)
class Verdict:
    """Candidates of one verdict.

    population, labels : how many there are, and how many have a label
    precision : share that is right
    effective : labels drawn at random that would tell as much
    """

    population: int
    labels: int
    precision: float
    effective: float

    def drawn(self, rng: np.random.Generator, draws: int = DRAWS) -> NDArray[np.float64]:
        """Draws (R,) of the share that is right, given the labels."""
        if not self.labels:
            return rng.random(draws)
        if self.effective >= _SURE:
            return np.full(draws, self.precision)
        return rng.beta(*self._beta, size=draws)

    def drawn_between(
        self, low: NDArray[np.float64], high: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Draws (R,) of the share that is called right, each between two ends (R,) beyond which it cannot lie."""
        from scipy import special

        if not self.labels:
            return low + (high - low) * rng.random(len(low))
        if self.effective >= _SURE:
            return np.clip(self.precision, low, high)
        first, last = (special.betainc(*self._beta, end) for end in (low, high))
        found = special.betaincinv(*self._beta, first + (last - first) * rng.random(len(low)))
        return np.clip(np.nan_to_num(found, nan=self.precision), low, high)

    @property
    def _beta(self) -> tuple[float, float]:
        right = self.precision * self.effective
        return right + 0.5, self.effective - right + 0.5


def verdict(sizes: ArrayLike, labels: ArrayLike, right: ArrayLike) -> Verdict:
    """A verdict from its strata: candidates, labels and right labels (H,) of each.

    A stratum with candidates and no label counts as the one beside it.

    >>> one = verdict([50, 50], [10, 10], [9, 5])
    >>> round(one.precision, 3), round(one.effective, 1)  # 20 labels, less what is known of half the strata
    (0.7, 29.7)
    """
    size, seen, good = _with_labels(*(np.asarray(values, dtype=np.float64) for values in (sizes, labels, right)))
    total = float(size.sum())
    if not seen.sum():
        return Verdict(int(total), 0, float("nan"), 0.0)
    weight = size / total
    precision = float(weight @ (good / seen))
    middle = (good.sum() + 0.5) / (seen.sum() + 1)  # never 0 or 1
    centre = (good + _SMOOTHED * middle) / (seen + _SMOOTHED)
    variance = float((weight**2 / seen * (1 - seen / size)) @ (centre * (1 - centre)))
    overall = float(weight @ centre)
    effective = overall * (1 - overall) / variance if variance else _SURE
    return Verdict(int(total), int(seen.sum()), precision, min(effective, _SURE))


def verdict_interval(of: Verdict, *, levels: tuple[float, float] = LEVELS) -> tuple[float, float]:
    """Ends of the 95% interval of a verdict's precision."""
    from scipy import special

    if not of.labels:
        return 0.0, 1.0
    right = of.precision * of.effective
    low, high = special.betaincinv(right + 0.5, of.effective - right + 0.5, levels)
    return (0.0 if of.precision == 0 else float(low)), (1.0 if of.precision == 1 else float(high))


def rates(
    kept: Verdict,
    dropped: Verdict,
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
    errors: LabelErrors | None = None,
) -> dict[str, Estimate]:
    """Rates of the pool with 95% intervals: p, phi, psi, psi/phi, kept_precision, p_star.

    Where labels have ``errors``, shares are corrected for them, with a draw of the errors for each draw of the shares,
    and cut to 0 and 1. That holds the truth as often as it should, but where labels agree more often than their errors
    allow it leaves hardly any interval; so the ends are those of it and of draws that what is called right can hold,
    from the share of wrong ones to that of right ones that are called so, whichever lie further apart.
    """
    shares = np.array([[kept.precision], [dropped.precision]])
    sampled = [np.stack([one.drawn(rng, draws) for one in (kept, dropped)])]
    if errors is not None:
        shares, (yes, no) = errors.corrected(shares), errors.draws(draws, rng)
        between = [one.drawn_between(np.minimum(1 - no, yes), yes, rng) for one in (kept, dropped)]
        sampled = [errors.corrected(some, yes, no) for some in (*sampled, np.stack(between))]
    found = quantities(_counts(kept, dropped, *shares))
    drawn = [quantities(_counts(kept, dropped, *some)) for some in sampled]
    ends = _open_ends(kept, dropped) if errors is None else {}
    estimates = {}
    for name in found:
        if not kept.labels or (not dropped.labels and dropped.population and name != "kept_precision"):
            estimates[name] = Estimate(float("nan"))
            continue
        known = [values[np.isfinite(values)] for values in (one[name] for one in drawn)]
        if not all(map(len, known)):  # such as psi where all are right
            estimates[name] = Estimate(float("nan"))
            continue
        lows, highs = zip(*map(percentiles, known), strict=True)
        low, high = float(min(lows)), float(max(highs))
        first, last = ends.get(name, (None, None))
        value = float(found[name][0])
        estimates[name] = Estimate(value, low if first is None else first, high if last is None else last)
    return estimates


def _counts(
    kept: Verdict, dropped: Verdict, of_kept: NDArray[np.float64], of_dropped: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Wrong, correct, kept wrong and kept correct candidates (R, 4) of the pool, from shares (R,) that are right."""
    rest = np.nan_to_num(of_dropped) * dropped.population
    right, wrong = of_kept * kept.population, (1 - of_kept) * kept.population
    return np.stack([wrong + dropped.population - rest, right + rest, wrong, right], 1)


def _open_ends(kept: Verdict, dropped: Verdict) -> Mapping[str, tuple[float | None, float | None]]:
    """Ends of intervals that labels which all agree leave open: quantity, then low and high end, None as drawn."""
    none_wrong, none_right = kept.precision == 1, kept.precision == 0
    rest_right, rest_wrong = (not dropped.population or dropped.precision == end for end in (1, 0))
    low, high = (0.0 if none_right else None), (1.0 if none_wrong else None)
    return {
        "kept_precision": (low, high),
        "p_star": (low, high),
        "phi": (low, 1.0 if rest_wrong else None),
        "psi": (0.0 if none_wrong else None, 1.0 if rest_right else None),
        "psi/phi": (0.0 if none_wrong else None, None),
        "p": (0.0 if none_wrong and rest_right else None, 1.0 if none_right and rest_wrong else None),
    }


def _with_labels(
    size: NDArray[np.float64], labels: NDArray[np.float64], right: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Strata put together with the next ones until each has a label; the last ones with those before."""
    groups: list[list[float]] = []
    for row in zip(size, labels, right, strict=True):
        if groups and (not groups[-1][1] or not row[1]):
            groups[-1] = [a + b for a, b in zip(groups[-1], row, strict=True)]
        else:
            groups.append(list(row))
    if len(groups) > 1 and not groups[0][1]:
        groups[1] = [a + b for a, b in zip(groups[0], groups[1], strict=True)]
        del groups[0]
    merged = np.array(groups or [[0.0, 0.0, 0.0]])
    return merged[:, 0], merged[:, 1], merged[:, 2]
