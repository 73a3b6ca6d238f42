"""Arrays of which model solved which test prompt, and paired comparisons of such arrays.

Arrays are (S, N): one line per model (seed), one column per test prompt, 100 where solved and 0 where not, so that
every mean is in percent and every difference in percentage points.

In a grid of cells with few seeds each, one spread over seeds is estimated from all cells together. Two seeds say almost
nothing about their own spread (one degree of freedom, a t quantile of 12.7); twelve cells of two seeds say enough about
the spread they share (12 degrees of freedom, 2.2). The price is the assumption that it is the same in all cells.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from uncollapse.errors import DataError
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import error_of_mean, from_variances, pooled_variance


def correctness(
    outcomes: pd.DataFrame, *, models: Sequence[str], decoding: str, tolerance: float, error: str = "first_error"
) -> np.ndarray:
    """(S, N) array of 0 and 100: is the error of ``models[s]`` on prompt n below ``tolerance``, in prompt_id order?

    ``error`` is ``first_error`` (the candidate the model is most sure of) or ``best_error`` (the best of the beam). An
    error that is NaN or infinite (a malformed answer) is not below any tolerance. Raises ValueError where the models
    were not tested on the same prompts, since then nothing is paired.
    """
    chosen = outcomes[(outcomes["decoding"] == decoding) & outcomes["model"].isin(list(models))]
    lines, prompts = [], None
    for model in models:
        answers = chosen[chosen["model"] == model].sort_values("prompt_id")
        identities = answers["prompt_id"].to_numpy()
        if len(identities) == 0:
            raise DataError(f"no outcomes of {model!r} with decoding {decoding!r}")
        if prompts is not None and not np.array_equal(prompts, identities):
            raise DataError(f"{model!r} and {models[0]!r} were tested on different prompts with {decoding!r}")
        prompts = identities
        lines.append(100.0 * (answers[error].to_numpy(dtype=float) < tolerance))
    return np.array(lines)


def over_seeds_and_prompts(difference: np.ndarray, *, one_seed_suffices: bool = False) -> Estimate:
    """Mean of an (S, N) array of paired differences, with seeds and prompts both seen as samples.

    The squared standard error is the seeds' var(mean over n)/S plus the prompts' var(mean over s)/N; the share of the
    first that is really prompt noise counts twice, which only widens the interval. With S = 1 there is no interval,
    unless ``one_seed_suffices``: then it speaks about that one model on other prompts.
    """
    seeds = len(difference)
    parts = [error_of_mean(difference.mean(axis=0))]
    value = float(difference.mean())
    if seeds == 1 and not one_seed_suffices:
        return Estimate(value)
    if seeds > 1:
        parts.append(error_of_mean(difference.mean(axis=1)))
    return from_variances(value, parts)


@dataclass(frozen=True)
class SeedSpread:
    """The variance of a model's accuracy over seeds and its degrees of freedom; 0 of them where no cell has two.

    ``repeated`` of ``cells`` have two seeds or more.
    """

    variance: float
    freedom: int
    repeated: int = 0
    cells: int = 0

    @staticmethod
    def of(cells: Iterable[np.ndarray]) -> "SeedSpread":
        """The spread from cells (S, N): correctness (0 or 100) of S seeds on N prompts."""
        means = [cell.mean(1) for cell in cells]
        return SeedSpread(*pooled_variance(means), sum(len(seeds) > 1 for seeds in means), len(means))

    def difference(self, first: np.ndarray, second: np.ndarray, *, fixed: bool = False) -> Estimate:
        """Mean of ``first`` (S1, N) minus mean of ``second`` (S2, N), in percentage points, over the same prompts.

        ``fixed``: the second is one given model, whose own spread over seeds plays no part. Where no cell had two seeds
        the interval covers the sampling of prompts alone.
        """
        gap = first.mean(0) - second.mean(0)
        parts = [error_of_mean(gap)]
        if self.freedom:
            parts.append((self.variance * (1 / len(first) + (0 if fixed else 1 / len(second))), self.freedom))
        return from_variances(float(gap.mean()), parts)

    @property
    def words(self) -> str:
        """A sentence on the source of intervals, for an explanation."""
        if not self.freedom:
            return "One seed per setting: intervals cover the sampling of test prompts alone."
        if self.repeated < self.cells:
            return (
                f"The spread over seeds is that of the {self.repeated} settings of {self.cells} that have several "
                f"({self.freedom} degrees of freedom), taken to be the same in all."
            )
        return f"The spread over seeds is pooled over all settings ({self.freedom} degrees of freedom)."
