"""Normal 95% intervals of means and shares, without SciPy, on which few stages' results should depend."""

import math

from uncollapse.statistics.estimate import Estimate

Z = 1.959963984540054


def from_moments(count: float, total: float, squares: float) -> Estimate | None:
    """The mean of values of which only number, sum and sum of squares are known; None for fewer than two values.

    >>> from_moments(2, 4.0, 10.0).value
    2.0
    """
    if count < 2:
        return None
    mean = total / count
    return Estimate.symmetric(mean, Z * math.sqrt(max(squares / count - mean**2, 0.0) / (count - 1)))


def share_error(successes: float, trials: int) -> float:
    """Standard error of a share, above zero also where nothing or everything succeeded (Agresti and Coull 1998).

    >>> round(share_error(0, 96), 4)
    0.014
    """
    share = (successes + 2) / (trials + 4)
    return math.sqrt(share * (1 - share) / (trials + 4))


def difference_of_shares(first: int, of_first: int, second: int, of_second: int) -> Estimate:
    """Difference of two independent shares, in percentage points, with its interval (Wald).

    >>> difference_of_shares(670, 1000, 650, 1000).value
    2.0
    """
    a, b = first / of_first, second / of_second
    error = math.sqrt(a * (1 - a) / of_first + b * (1 - b) / of_second)
    return Estimate.symmetric(round(100 * (a - b), 9), 195.996398454 * error)
