"""How many labels an audit takes, and where: of what is kept, for its precision; of what is dropped, for the lift.

A GO needs both: most of what is kept right, and more of it than of all. The first is told by labels of kept candidates
alone, one a prompt; the second by the difference to the dropped. Labels at random among all candidates go where the
selection does not: with a tenth kept, nine of ten labels are of dropped ones.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.proxy.exact import ERROR, Gap
from uncollapse.proxy.kept_prompts import fewest as fewest_prompts
from uncollapse.proxy.tally import Counts

_MOST = 1_000_000  # labels
_PLACES = 7  # numbers of right kept labels at which the test of the gap is tried out
_TAIL = 0.001  # of what is left out of a binomial distribution there


@dataclass(frozen=True)
class Plan:
    """Labels for a GO.

    for_precision : kept labels with which the precision alone passes
    kept, dropped : labels with which precision and lift pass together; None without a guess at the dropped
    at_random : labels drawn at random from all candidates that hold as many of both; None likewise
    """

    for_precision: int
    kept: int | None = None
    dropped: int | None = None
    at_random: int | None = None


def labels_for_precision(precision: float, least: float = 0.5, *, power: float = 0.8) -> int:
    """The fewest labels of kept candidates, one a prompt, whose exact test passes ``least`` with this power.

    >>> [labels_for_precision(precision) for precision in (0.6, 0.7, 0.8)]
    [199, 49, 20]

    Raises
    ------
    DataError
        For a precision that is not above ``least``, or so little above that millions of labels would be needed.
    """
    if not 0 < least < precision <= 1:
        raise DataError(
            f"labels cannot show that a precision of {precision:g} is above {least:g}: give a --precision between"
            " --least-precision and 1"
        )
    from scipy import special

    # by the normal approximation, which the exact test is close to and needs more than
    spread = [
        special.ndtri(1 - ERROR) * math.sqrt(least * (1 - least)),
        special.ndtri(power) * math.sqrt(precision * (1 - precision)),
    ]
    about = (sum(spread) / (precision - least)) ** 2
    if about > _MOST:
        raise DataError(
            f"more than {_MOST:,} labels are needed to tell {precision:g} from {least:g}; keep fewer candidates"
        )
    numbers = np.arange(max(1, int(0.9 * about) - 64), int(1.2 * about) + 64)
    return int(numbers[(power_of_precision(numbers, precision, least) >= power).argmax()])


def power_of_precision(labels: Any, precision: float, least: float = 0.5) -> NDArray[np.float64]:
    """Chance (...) that so many kept labels (...), one a prompt, pass, if the precision is what is said.

    >>> float(power_of_precision(200, 0.6).round(3))
    0.787
    """
    from scipy import special

    number = np.asarray(labels)
    # the fewest right ones that pass: the chance of as many or more at the least precision is at most the error
    fewest = np.ceil(special.bdtrik(1 - ERROR, number, least))
    fewest = np.where(special.bdtr(fewest - 1, number, least) >= 1 - ERROR, fewest, fewest + 1)
    passes = fewest <= number
    chance = special.bdtrc(np.clip(fewest - 1, 0, number - 1), number, precision)
    return np.where(passes, chance, 0.0)


def labels_for_lift(kept_precision: float, dropped_precision: float, kept: int, *, power: float = 0.8) -> float:
    """Labels of dropped candidates that show the gap to so many kept ones; infinite where no number does.

    Normal approximation of two shares with Fleiss's correction for exact tests, too low where it says few.
    """
    from scipy import special

    gap = kept_precision - dropped_precision
    if gap <= 0:
        return math.inf
    reach = (special.ndtri(1 - ERROR) + special.ndtri(power)) ** 2
    of_kept = kept_precision * (1 - kept_precision)
    of_dropped = dropped_precision * (1 - dropped_precision)
    # the correction takes 1/2 (1/kept + 1/dropped) off the gap
    low, high = 1.0, 1e9

    def enough(dropped: float) -> bool:
        seen = gap - 0.5 * (1 / kept + 1 / dropped)
        return seen > 0 and seen**2 >= reach * (of_kept / kept + of_dropped / dropped)

    if not enough(high):
        return math.inf
    while high - low > 0.5:
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return math.ceil(high)


def power_of_go(kept: int, dropped: int, precision: float, dropped_precision: float, least: float = 0.5) -> float:
    """Chance that so many labels of kept and of dropped candidates, one a prompt, pass both tests of a GO.

    The most right ones among the dropped with which the gap still passes are found at a few numbers of right ones among
    the kept, and interpolated between these.

    >>> round(power_of_go(65, 2, 0.7, 0.0), 2), round(power_of_go(65, 9, 0.7, 0.0), 2)
    (0.0, 0.91)
    """
    from scipy import stats

    of_kept, of_dropped = stats.binom(kept, precision), stats.binom(dropped, dropped_precision)
    right = np.arange(int(of_kept.ppf(_TAIL)), int(of_kept.ppf(1 - _TAIL)) + 1)
    right = right[[stats.binom.sf(one - 1, kept, least) <= ERROR for one in right]]
    if not len(right):
        return 0.0
    ends = int(of_dropped.ppf(_TAIL)) - 1, int(of_dropped.ppf(1 - _TAIL))
    tried = np.unique(np.linspace(right[0], right[-1], _PLACES).round().astype(int))
    most = [_most_right(int(one), kept, dropped, ends) for one in tried]
    passes = of_dropped.cdf(np.floor(np.interp(right, tried, most) + 1e-9))
    return float(of_kept.pmf(right) @ passes)


def _most_right(right: int, kept: int, dropped: int, ends: tuple[int, int]) -> int:
    """The most right ones among dropped labels with which the gap passes, between two ends; the lower where none."""
    low, high = ends
    while low < high:
        middle = (low + high + 1) // 2
        repeats = np.array([dropped - middle, middle, kept - right, right])
        gap = Gap(Counts(np.eye(4, dtype=np.int64), repeats, kept, dropped, 1.0))
        low, high = (middle, high) if gap.chance_of_at_most(0.0) <= ERROR else (low, middle - 1)
    return low


def plan(
    precision: float,
    *,
    least: float = 0.5,
    power: float = 0.8,
    dropped_precision: float | None = None,
    kept_share: float | None = None,
) -> Plan:
    """Labels with which a selection of this precision is a GO with this power.

    For both tests to pass, each gets half of what the power leaves: 0.9 each for 0.8. Where that is short of the power,
    as it is of few labels, they become more, by the tests themselves.

    Parameters
    ----------
    dropped_precision : a guess at the share of the dropped that is right
    kept_share : share of candidates that is kept, to say what labels at random would cost
    """
    alone = labels_for_precision(precision, least, power=power)
    if dropped_precision is None:
        return Plan(alone)
    if not 0 <= dropped_precision < precision:
        raise DataError(
            f"no labels can show a lift where {dropped_precision:g} of the dropped and {precision:g} of the kept are"
            " right: give a --dropped-precision below --precision"
        )
    each = (1 + power) / 2
    fewest = labels_for_precision(precision, least, power=each)
    tried = np.unique(np.geomspace(fewest, 400 * fewest, 400).astype(int))
    dropped = [labels_for_lift(precision, dropped_precision, int(kept), power=each) for kept in tried]
    best = int(np.argmin(tried + np.array(dropped)))
    if not math.isfinite(dropped[best]):
        raise DataError(
            "no number of labels shows so small a lift; give a --dropped-precision further from --precision"
        )
    kept, others = max(int(tried[best]), fewest_prompts(least)), int(dropped[best])
    while power_of_go(kept, others, precision, dropped_precision, least) < power:
        if others < kept:
            others = math.ceil(1.1 * others + 0.5)
        else:
            kept, others = math.ceil(1.05 * kept), math.ceil(1.05 * others)
    at_random = None
    if kept_share is not None:
        at_random = math.ceil(max(kept / kept_share, others / (1 - kept_share) if kept_share < 1 else math.inf))
    return Plan(alone, kept, others, at_random)


def spreads(
    kept_precision: float, dropped_precision: float, kept_share: float, *, kept: float, dropped: float
) -> tuple[float, float]:
    """Standard deviations of p_* and of kept precision with so many labels of each, by the delta method.

    p_* = k pi_1 / (1 - p) / (k pi_1 / (1 - p) + k (1 - pi_1) / p), where k is known and 1 - p = k pi_1 + (1 - k) pi_0.

    >>> one = spreads(0.8, 0.45, 0.1, kept=30, dropped=270), spreads(0.8, 0.45, 0.1, kept=150, dropped=150)
    >>> [[round(value, 3) for value in pair] for pair in one]
    [[0.068, 0.073], [0.037, 0.033]]
    """
    right = kept_share * kept_precision + (1 - kept_share) * dropped_precision

    def star(first: float, second: float) -> float:
        total = kept_share * first + (1 - kept_share) * second
        return first * (1 - total) / (first * (1 - total) + (1 - first) * total)

    if not 0 < right < 1:
        return math.nan, math.sqrt(kept_precision * (1 - kept_precision) / kept)
    step = 1e-6
    by_kept = (star(kept_precision + step, dropped_precision) - star(kept_precision - step, dropped_precision)) / 2e-6
    by_dropped = (
        star(kept_precision, dropped_precision + step) - star(kept_precision, dropped_precision - step)
    ) / 2e-6
    first = kept_precision * (1 - kept_precision) / kept
    second = dropped_precision * (1 - dropped_precision) / dropped
    return math.sqrt(by_kept**2 * first + by_dropped**2 * second), math.sqrt(first)
