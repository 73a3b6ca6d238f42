"""Thresholds tested one after the other, from strict to loose, up to the first that fails.

The best of twenty thresholds, each by an interval of its own, would be a GO in 5 to 15% of runs with a score that knows
nothing. In a sequence that is fixed before any label is looked at, each test has the whole error of 2.5%: a false GO
takes that the first threshold that should fail passes (Maurer et al. 1995; Angelopoulos et al. 2021, arXiv 2110.01052).

The sequence must not begin where nothing could pass: the strictest thresholds keep so few labels that even a good judge
fails there, and with it all that come after. It begins where so many prompts with a kept label are found that a
precision halfway between what is asked and one would pass with a power of 80%; where the table is small, with a quarter
of its prompts, if these can pass at all. Both go by counts and by no label's answer.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from uncollapse.proxy.exact import ERROR
from uncollapse.proxy.plan import labels_for_precision, power_of_precision


def start(prompts: ArrayLike, every_prompt: int, least: float = 0.5) -> int | None:
    """Place of the threshold that is tested first; None where no threshold could pass.

    Parameters
    ----------
    prompts : (T,) prompts with a kept label at each threshold, from strict to loose
    every_prompt : how many prompts have a label
    least : the precision that is asked for

    Examples
    --------
    >>> start([4, 20, 40, 80, 100], 100), start([2, 4, 8], 20), start([2, 4, 5], 5)
    (2, 2, None)
    """
    wanted = labels_for_precision((1 + least) / 2, least)
    possible = labels_that_can_pass(least)
    enough = np.flatnonzero(np.asarray(prompts) >= max(possible, min(wanted, every_prompt / 4)))
    return int(enough[0]) if len(enough) else None


def labels_that_can_pass(least: float = 0.5) -> int:
    """The fewest labels, one a prompt, that pass if all of them are right.

    >>> labels_that_can_pass(0.5), labels_that_can_pass(0.8)
    (6, 17)
    """
    numbers = np.arange(1, 2 + int(np.ceil(np.log(ERROR) / np.log(least))))
    return int(numbers[power_of_precision(numbers, 1.0, least).argmax()])


def passing(chances: Sequence[float], first: int | None, error: float = ERROR) -> list[bool | None]:
    """Whether each test passes, by its p-value, from the ``first`` on up to the first that fails; None where untested.

    >>> passing([0.3, 0.01, 0.02, 0.2, 0.001], 1)
    [None, True, True, False, None]
    """
    found: list[bool | None] = [None] * len(chances)
    for place in range(len(chances) if first is None else first, len(chances)):
        found[place] = chances[place] <= error
        if not found[place]:
            break
    return found
