"""A prompt that is larger than all of the table: would a GO stand if there were one?

The tests allow for one more prompt as large as the fullest (:mod:`uncollapse.proxy.exact`). Where each prompt has as
many candidates, that is the largest there can be. Where their numbers differ, nothing bounds them, and if large prompts
are the wrong ones, few prompts look better than the next ones will be. The largest prompt is an end of a range, of
which the two largest that were seen, X and Y, tell: it lies below

    X + 9 (X - Y)        with a chance of 90%                  (Robson and Whitlock 1964, (1 - a) / a at a = 10%)

for a density that does not vanish there. It is X where two prompts share it. A GO that does not stand with so large a
prompt is warned of. No warning is possible of prompts so rare that none of them was seen.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.proxy.noisy_labels import LabelErrors
from uncollapse.proxy.standing import Asked
from uncollapse.proxy.tally import Candidates, Counts

_TIMES = 9


def end_of_range(sizes: ArrayLike, times: ArrayLike = 1) -> float:
    """The largest that a size may be, from sizes (K,) that were seen, each so many ``times`` (K,).

    >>> end_of_range([8, 8, 3]), end_of_range([8, 3], [2, 5]), end_of_range([20, 12, 3])
    (8.0, 8.0, 92.0)
    """
    seen, number = np.broadcast_arrays(np.asarray(sizes, dtype=np.float64), times)
    seen, number = seen[number > 0], number[number > 0]
    largest = float(seen.max())
    if number[seen.argmax()] > 1 or len(seen) == 1:
        return largest
    return largest + _TIMES * (largest - float(np.partition(seen, -2)[-2]))


def largest_prompt(counts: Counts, candidates: Candidates) -> float:
    """The most labelled candidates (their weight) that a prompt may have: no more than it may have candidates."""
    of_labels = end_of_range(counts.patterns.sum(1), counts.prompts)
    return max(counts.most, min(of_labels, end_of_range(_sizes(candidates))))


def fullest_warnings(
    counts: Counts,
    candidates: Candidates,
    *,
    least: float,
    most_kept: float = np.inf,
    errors: LabelErrors | None = None,
) -> list[str]:
    """Warnings where a GO would be none if a prompt could be as large as the sizes of those seen let expect."""
    possible = largest_prompt(counts, candidates)
    if possible <= counts.most * (1 + 1e-9):
        return []
    asked = Asked(least=least, most_kept=most_kept, errors=errors)
    if asked.passes(replace(counts, most=possible)):
        return []
    return [
        "it hangs on no prompt being larger than the fullest, which stands apart: it has"
        f" {counts.most:g} of the labels, and one of {possible:g}, which these numbers do not exclude, would undo it."
        " Take the same number of candidates of every prompt."
    ]


def _sizes(candidates: Candidates) -> NDArray[np.float64]:
    if candidates.prompts is None:
        return np.ones(len(candidates.kept)) if candidates.weight is None else candidates.weight
    return np.bincount(candidates.prompts, candidates.weight).astype(np.float64)
