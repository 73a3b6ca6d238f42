"""Arrays of which model solved which test prompt, and paired comparisons of such arrays.

Arrays are (S, N): one line per model (seed), one column per test prompt, 100 where solved and 0 where not, so that
every mean is in percent and every difference in percentage points.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from uncollapse.errors import DataError
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import error_of_mean, from_variances
from uncollapse.statistics.replicates import SEEDS
from uncollapse.statistics.sampled import ITEMS


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
    parts = [error_of_mean(difference.mean(axis=0), ITEMS)]
    value = float(difference.mean())
    if seeds == 1 and not one_seed_suffices:
        return Estimate(value)
    if seeds > 1:
        parts.append(error_of_mean(difference.mean(axis=1), SEEDS, models=1))
    return from_variances(value, parts)
