"""Prompts behind what is kept: of how many it is, how many they are worth, and of how many nothing is kept.

Candidates of a prompt are right and wrong together, so what is kept tells of other prompts no more than

    effective prompts = (sum of k)^2 / sum of k^2                   with k kept candidates of a prompt (Kish 1965)

do. An interval over prompts takes five right and five wrong ones to be expected at the precision that is asked for, the
textbooks' condition for a share: :func:`fewest`. Below it a GO is none without a warning, whatever the labels say.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncollapse.proxy.coverage import LEAST as LEAST_SHARE
from uncollapse.statistics.counted import counted

LOST = 0.5  # share of prompts of which nothing is kept, from which a GO is warned of
_EXPECTED = 5  # prompts right, and prompts wrong
_TAIL = 0.025


@dataclass(frozen=True)
class KeptPrompts:
    """Prompts of a pool, and of what is kept of it.

    prompts, kept : how many there are, and of how many something is kept
    effective : prompts that the kept candidates are worth
    effective_share : these against the prompts that all candidates are worth, at most 1
    lost : share of prompts of which nothing is kept
    several : whether any prompt has several candidates; where none has, a lost prompt is a dropped candidate
    """

    prompts: int
    kept: int
    effective: float
    effective_share: float
    lost: float
    several: bool

    def margin(self, precision: float) -> float:
        """Distance by which precision of other prompts may lie below this pool's, by Clopper and Pearson's interval.

        >>> found = KeptPrompts(20, 10, 10.0, 1.0, 0.5, True)
        >>> round(found.margin(1.0), 3), round(found.margin(0.8), 3), found.margin(0.0)
        (0.308, 0.356, 0.0)
        """
        from scipy import special

        right = precision * self.effective
        return precision - float(special.betaincinv(right, self.effective - right + 1, _TAIL)) if right > 0 else 0.0


def kept_prompts(
    prompt: NDArray[np.int64] | None, kept: NDArray[np.bool_], weight: NDArray[np.float64] | None = None
) -> KeptPrompts:
    """Prompts of N candidates by their numbers (None: each of one of its own), with what each candidate stands for.

    >>> found = kept_prompts(np.array([0, 0, 0, 1, 2]), np.array([True, True, True, True, False]))
    >>> found.kept, found.effective, round(found.lost, 2)
    (2, 1.6, 0.33)
    """
    if prompt is None:
        return _each_its_own(kept, weight)
    number = int(prompt.max()) + 1
    rows, some = np.bincount(prompt, minlength=number), np.bincount(prompt[kept], minlength=number)
    every, of_kept = rows, some
    if weight is not None:
        every, of_kept = np.bincount(prompt, weight, number), np.bincount(prompt[kept], weight[kept], number)
    there, effective = int((rows > 0).sum()), _effective(of_kept)
    return KeptPrompts(
        prompts=there,
        kept=int((some > 0).sum()),
        effective=effective,
        effective_share=min(1.0, effective / _effective(every)),
        lost=float(1 - (some > 0).sum() / there),
        several=bool(rows.max() > 1),
    )


def fewest(least: float = 0.5) -> int:
    """The fewest effective prompts of which an interval is given.

    >>> fewest(0.5), fewest(0.8), fewest(0.9)
    (10, 25, 50)
    """
    return math.ceil(round(_EXPECTED / min(least, 1 - least), 6))


def few_warnings(found: KeptPrompts, least: float) -> list[str]:
    """Warning where what is kept is worth too few prompts to say anything of others."""
    if not found.kept or found.effective >= fewest(least) - 1e-9:
        return []
    return [
        f"what is kept is of {counted(found.kept, 'prompt')}, worth {found.effective:.1f} of one candidate: of fewer"
        f" than {fewest(least)} no interval over prompts can be given, so that nothing is known of other prompts."
        " Judge candidates of more prompts."
    ]


def lost_warnings(found: KeptPrompts) -> list[str]:
    """Warnings where the kept prompts are few of all, of a pool whose prompts have several candidates."""
    if not found.several or not found.kept:
        return []
    if found.lost >= LOST:
        return [
            f"of {found.lost:.0%} of the prompts nothing is kept: a student is trained on the prompts that the"
            " generator can do, and will be asked all."
        ]
    if found.effective_share < LEAST_SHARE:
        return [
            f"what is kept no longer covers the prompts: it is worth {found.effective:,.1f} of {found.prompts:,}"
            f" prompts, an effective share of {found.effective_share:.3f}, below {LEAST_SHARE:g}."
        ]
    return []


def margin_warnings(found: KeptPrompts, precision: float, low: float, least: float) -> list[str]:
    """Warning where a pool's precision does not pass once it has to hold for other prompts as well.

    Parameters
    ----------
    precision, low : of what is kept of this pool, and the lower end of its interval
    """
    if not found.kept or not math.isfinite(precision):
        return []
    lowest = precision - math.hypot(precision - low if math.isfinite(low) else 0.0, found.margin(precision))
    if lowest > least:
        return []
    return [
        f"it is of this pool: what is kept is worth {found.effective:,.1f} prompts of one candidate, and for other"
        f" prompts of the same kind kept precision may be as low as {max(lowest, 0.0):.3f}, which does not pass."
        " Judge candidates of more prompts."
    ]


def _each_its_own(kept: NDArray[np.bool_], weight: NDArray[np.float64] | None) -> KeptPrompts:
    number, some = len(kept), int(kept.sum())
    of_kept, every = float(some), float(number)
    if weight is not None:
        of_kept, every = _effective(weight[kept]), _effective(weight)
    return KeptPrompts(number, some, of_kept, min(1.0, of_kept / every), 1 - some / number, several=False)


def _effective(of_prompt: NDArray) -> float:
    of_prompt = of_prompt.astype(np.float64)
    squares = float((of_prompt**2).sum())
    return float(of_prompt.sum()) ** 2 / squares if squares else 0.0
