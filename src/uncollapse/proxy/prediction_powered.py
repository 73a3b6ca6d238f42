"""Precision from few labels and a prediction for every candidate: prediction-powered intervals, over prompts.

A cheap judge predicts f of every candidate, people label few of them (y). With L the labelled candidates, U the others,

    precision = mean_L(y) + lambda (mean_U(f) - mean_L(f))          (Angelopoulos et al. 2023; PPI++ for lambda)

is right on average whatever f is worth, as long as labels were drawn at random among the kept and among the dropped
(the strata; Fisch et al. 2024). lambda is the one with the least variance (power tuning): 0 where f tells nothing, and
then it is the mean of the labels. The variance is that of sums by prompt. Intervals are Student's, with the degrees of
freedom of the smaller stratum's labelled prompts, less one for lambda: approximate, so no GO rests on them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncollapse.proxy.tally import Candidates
from uncollapse.statistics.estimate import Estimate

FEWEST = 30  # prompts with a label in a stratum, for an approximate interval


@dataclass(frozen=True)
class Powered:
    """A precision by labels alone and with predictions, both with approximate 95% intervals.

    power : lambda, how far predictions are gone by
    """

    labels: Estimate
    powered: Estimate
    power: float

    @property
    def worth(self) -> float:
        """How many times as many labels would make the interval without predictions as narrow."""
        width = self.powered.high - self.powered.low
        return ((self.labels.high - self.labels.low) / width) ** 2 if width else float("nan")


def prediction_powered(candidates: Candidates, prediction: NDArray[np.float64]) -> dict[str, Powered]:
    """Precision of what is kept, of what is dropped, and of the pool, and the lift of the first over the last.

    A stratum with fewer than :data:`FEWEST` labels is left out, with what depends on it.

    Parameters
    ----------
    prediction : (N,) of each candidate, in any unit
    """
    number = len(candidates.kept)
    labelled = np.ones(number, dtype=bool) if candidates.labelled is None else candidates.labelled
    prompts = np.arange(number) if candidates.prompts is None else candidates.prompts
    parts = {}
    for name, stratum in (("kept", candidates.kept), ("dropped", ~candidates.kept)):
        if len(np.unique(prompts[stratum & labelled])) >= FEWEST:
            parts[name] = _Stratum(candidates.right, prediction, prompts, stratum & labelled, stratum & ~labelled)
    found = {f"{name}_precision": _interval([(1.0, part)]) for name, part in parts.items()}
    if len(parts) == 2:
        share = float(candidates.kept.mean())
        found["pool_precision"] = _interval([(share, parts["kept"]), (1 - share, parts["dropped"])])
        found["lift"] = _interval([(1 - share, parts["kept"]), (share - 1, parts["dropped"])])
    return found


class _Stratum:
    """Means of a stratum, and by prompt what each adds to the errors of that of labels and of that of predictions."""

    def __init__(
        self,
        right: NDArray[np.bool_],
        prediction: NDArray[np.float64],
        prompts: NDArray[np.int64],
        labelled: NDArray[np.bool_],
        others: NDArray[np.bool_],
    ) -> None:
        truth = right[labelled].astype(np.float64)
        # from one of them on: predictions that are all alike then differ from their mean by nothing, and not by what
        # rounding leaves, which any lambda would make much of
        prediction = prediction - prediction[labelled][0]
        seen = prediction[labelled]
        size = int(prompts.max()) + 1
        self.mean = float(truth.mean())
        self.labelled_prompts = len(np.unique(prompts[labelled]))
        self.of_labels = np.bincount(prompts[labelled], truth - self.mean, minlength=size) / len(truth)
        self.shift, self.of_predictions = 0.0, np.zeros(size)
        if others.any():
            rest = prediction[others]
            self.shift = float(rest.mean() - seen.mean())
            self.of_predictions = np.bincount(prompts[others], rest - rest.mean(), minlength=size) / len(rest)
            self.of_predictions -= np.bincount(prompts[labelled], seen - seen.mean(), minlength=size) / len(seen)


def _interval(parts: list[tuple[float, _Stratum]]) -> Powered:
    """A sum of strata, each with its factor, by labels alone and at the best lambda."""
    from scipy import special

    value = sum(factor * part.mean for factor, part in parts)
    shift = sum(factor * part.shift for factor, part in parts)
    errors = sum(factor * part.of_labels for factor, part in parts)
    predicted = sum(factor * part.of_predictions for factor, part in parts)
    steepness = float(predicted @ predicted)
    power = -float(errors @ predicted) / steepness if steepness else 0.0
    freedom = min(part.labelled_prompts for _, part in parts) - 2
    quantile = float(special.stdtrit(freedom, 0.975)) * np.sqrt((freedom + 2) / freedom)
    both = errors + power * predicted
    return Powered(
        Estimate.symmetric(value, quantile * float(np.sqrt(errors @ errors))),
        Estimate.symmetric(value + power * shift, quantile * float(np.sqrt(both @ both))),
        power,
    )
