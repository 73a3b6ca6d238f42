"""Whether the means of several samples agree with what a formula says, all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import mean_interval


@dataclass(frozen=True)
class Agreement:
    """Whether the means of several samples are what a formula says.

    Attributes
    ----------
    intervals : one per sample, 95% for all of them together (Bonferroni).
    holds : every interval contains its expected value.
    fails : some mean is off even at 99.9% for all of them together: chance is no explanation.
    """

    intervals: list[Estimate]
    holds: bool
    fails: bool


def agreement(samples: Sequence[ArrayLike], expected: Sequence[float]) -> Agreement:
    """Compare the means of K independent samples with K expected values.

    Between "holds" and "fails" lies what more trials must decide.

    Examples
    --------
    >>> found = agreement([[0.9, 1.0, 1.1], [1.9, 2.0, 2.2]], [1.0, 2.0])
    >>> found.holds, found.fails
    (True, False)
    """

    def contained(error_rate: float) -> tuple[list[Estimate], bool]:
        each = [mean_interval(sample, confidence=1 - error_rate / len(samples)) for sample in samples]
        return each, all(low <= value <= high for (_, low, high), value in zip(each, expected, strict=True))

    intervals, holds = contained(0.05)
    return Agreement(intervals, holds, not contained(0.001)[1])
