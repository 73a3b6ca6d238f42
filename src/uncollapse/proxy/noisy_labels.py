"""Labels that are wrong at times: precision corrected for the labeller's errors, with the uncertainty of these.

A labeller says "right" of right candidates with a chance Se (sensitivity) and "wrong" of wrong ones with a chance Sp
(specificity), kept or dropped alike. Of candidates that are right in a share pi it then calls right

    q = pi Se + (1 - pi) (1 - Sp),   so that   pi = (q + Sp - 1) / (Se + Sp - 1)     (Rogan and Gladen 1978).

pi is at most tau where q is at most tau Se + (1 - tau) (1 - Sp). Se and Sp were themselves measured on some candidates;
each is drawn from the distribution whose quantile is the end of Clopper and Pearson's interval that is the worse for a
GO, and the p-values of the test of q are averaged over these draws: an exact test beside exact tests, like Fisher's of
two shares (Altham 1969).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.proxy.exact import ERROR, Share, crossing
from uncollapse.statistics.estimate import Estimate

_LEVELS = (np.arange(48) + 0.5) / 48  # at which each of the two distributions is represented
_TRIED = 41  # observed shares whose p-value is computed; those between are interpolated


@dataclass(frozen=True)
class Measured:
    """A share that was measured: ``hits`` of ``trials``."""

    hits: int
    trials: int

    @property
    def value(self) -> float:
        """The share."""
        return self.hits / self.trials

    @staticmethod
    def read(text: str) -> "Measured":
        """Read ``190/200``, or ``0.95:200`` for the share and the number it was measured on.

        >>> Measured.read("0.95:200")
        Measured(hits=190, trials=200)

        Raises
        ------
        DataError
            For anything else; a share without its number has no uncertainty.
        """
        try:
            if "/" in text:
                hits, trials = (int(part) for part in text.split("/"))
            else:
                share, count = text.split(":")
                trials = int(count)
                hits = round(float(share) * trials)
        except (ValueError, OverflowError):
            hits, trials = -1, 0
        if not 0 <= hits <= trials or not trials:
            raise DataError(
                f"{text!r} is no measured share: write hits/trials such as 190/200, or share:trials such as 0.95:200"
            )
        return Measured(hits, trials)


@dataclass(frozen=True)
class LabelErrors:
    """A labeller's shares of right candidates that are called right, and of wrong ones that are called wrong.

    Raises
    ------
    DataError
        Where both may be so low that labels tell nothing.
    """

    sensitivity: Measured
    specificity: Measured

    def __post_init__(self) -> None:
        low = [
            Share(np.array([1, 0]), np.array([0, 1]), np.array([one.hits, one.trials - one.hits]), 1).low()
            for one in (self.sensitivity, self.specificity)
        ]
        if sum(low) <= 1:
            raise DataError(
                f"labels with a sensitivity of {self.sensitivity.value:g} and a specificity of"
                f" {self.specificity.value:g} may tell nothing (at the low ends of their intervals, {low[0]:.2f} and"
                f" {low[1]:.2f}, they add up to no more than one); measure both on more candidates, or label better"
            )

    def corrected(self, share: Any, sensitivity: Any = None, specificity: Any = None) -> Any:
        """Share that is right where the labeller called ``share`` so, from 0 to 1; by default at the values measured.

        >>> errors = LabelErrors(Measured(95, 100), Measured(80, 100))
        >>> round(float(errors.corrected(0.5375)), 4)  # 77 in 100 audits of 1,300 labels call this more than half
        0.45
        """
        yes = self.sensitivity.value if sensitivity is None else sensitivity
        no = self.specificity.value if specificity is None else specificity
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.clip((share + no - 1) / (yes + no - 1), 0, 1)

    def observed(self, share: float) -> NDArray[np.float64]:
        """Sorted shares that the labeller would call right, over draws of both errors that are the worse for a GO."""
        yes, no = _drawn(self.sensitivity, above=True), _drawn(self.specificity, above=False)
        return np.sort((share * yes[:, None] + (1 - share) * (1 - no)[None]).ravel())

    def draws(self, resamples: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Draws of both (R,), for intervals of what depends on them."""
        return tuple(  # type: ignore[return-value]
            rng.beta(one.hits + 0.5, one.trials - one.hits + 0.5, size=resamples)
            for one in (self.sensitivity, self.specificity)
        )


class CorrectedShare:
    """A share of candidates that are right, told from labels with errors; as :class:`uncollapse.proxy.exact.Share`."""

    def __init__(self, share: Share, errors: LabelErrors) -> None:
        self.share, self.errors = share, errors
        self.candidates, self.prompts = share.candidates, share.prompts
        self.value = float(errors.corrected(share.value))

    def chance_of_at_most(self, share: float) -> float:
        """The p-value of the true share being at most this."""
        if share <= 0:
            return 0.0
        if not self.candidates or share >= 1:
            return 1.0
        observed = self.errors.observed(share)
        tried = np.linspace(observed[0], observed[-1], _TRIED)
        chances = np.array([self.share.chance_of_at_most(one) for one in tried])
        return float(np.interp(observed, tried, chances).mean())

    def low(self, error: float = ERROR) -> float:
        """The largest share that the true one is surely above."""
        return crossing(self.chance_of_at_most, error) if self.candidates else 0.0

    def interval(self, error: float = ERROR) -> Estimate:
        """The corrected share with its interval."""
        turned = LabelErrors(self.errors.specificity, self.errors.sensitivity)
        high = 1 - CorrectedShare(self.share.opposite(), turned).low(error)
        return Estimate(self.value, self.low(error), high)


def _drawn(measured: Measured, *, above: bool) -> NDArray[np.float64]:
    """Levels of the distribution of a measured share whose upper (or lower) tail gives Clopper and Pearson's end."""
    from scipy import special

    hits, misses = measured.hits, measured.trials - measured.hits
    first, second = (hits + 1, misses) if above else (hits, misses + 1)
    if not first or not second:
        return np.full(len(_LEVELS), 1.0 if not second else 0.0)
    return special.betaincinv(first, second, _LEVELS)


def corrected(share: Share, errors: LabelErrors | None) -> Share | CorrectedShare:
    """A share told from labels with these errors, or as it is where they have none."""
    return share if errors is None else CorrectedShare(share, errors)
