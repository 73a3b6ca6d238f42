"""Rates of the pool with the score as a prediction for every candidate: narrower where it tells something.

Of a verdict, with scores f known for all N candidates and labels y of n of them in H strata of the score,

    precision = sum_h W_h mean_h(y) + lambda (mean(f) - sum_h W_h mean_h(f)),    the means over labelled candidates,

is right on average whatever the score is worth (Angelopoulos et al. 2023; PPI++ for lambda, the slope of y on f within
strata, 0 where f tells nothing there; strata by Fisch et al. 2024). Its variance is that of what the score leaves open
of y within strata, with n - H - 1 degrees of freedom; as elsewhere it is put as a number of labels drawn at random, and
a factor of Student's quantile over the normal one makes up for its being estimated. No GO rests on it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from uncollapse.audits.intervals import Verdict, rates
from uncollapse.audits.labels import Labels
from uncollapse.audits.matching import Sheet
from uncollapse.audits.strata import strata_of
from uncollapse.candidate_tables.pool import Pool
from uncollapse.errors import DataError
from uncollapse.proxy.prediction_powered import FEWEST
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.normal import Z


def powered_verdict(
    of: Verdict, score: NDArray[np.float64], stratum: NDArray[np.int64], labelled: NDArray[np.int64], right: NDArray
) -> Verdict | None:
    """Verdict whose precision is known with the score's help; None with few labels, or where they all agree.

    Parameters
    ----------
    of : the verdict by labels alone
    score, stratum : (N,) of its candidates
    labelled, right : (M,) numbers of the labelled ones among them, and whether each is right
    """
    from scipy import special

    number = len(labelled)
    if number < FEWEST or number == len(score):
        return None
    _, stratum = np.unique(stratum, return_inverse=True)
    strata = int(stratum.max()) + 1
    if (np.bincount(stratum[labelled], minlength=strata) == 0).any():
        stratum, strata = np.zeros_like(stratum), 1
    weight = np.bincount(stratum) / len(stratum)
    group = stratum[labelled]
    truth, guess = right.astype(np.float64), score[labelled]
    means = [np.bincount(group, values, strata) / np.bincount(group, minlength=strata) for values in (truth, guess)]
    truth_left, guess_left = truth - means[0][group], guess - means[1][group]
    steepness = float(guess_left @ guess_left)
    power = float(truth_left @ guess_left) / steepness if steepness else 0.0
    value = float(weight @ means[0]) + power * float(score.mean() - weight @ means[1])
    left = truth_left - power * guess_left
    freedom = number - strata - 1
    spread = float(left @ left) / freedom * (float(special.stdtrit(freedom, 0.975)) / Z) ** 2
    variance = spread / number * (1 - number / len(score))
    if not 0 < value < 1 or not variance:
        return None
    return Verdict(of.population, number, value, value * (1 - value) / variance)


def powered_rates(
    pool: Pool,
    prediction: str | None,
    sheets: Sequence[Sheet],
    labels: Labels,
    sides: tuple[Verdict, Verdict],
    rng: np.random.Generator,
) -> dict[str, Estimate]:
    """Rates with a column, or the score, as a prediction; none where it does not cover all, or labels are few."""
    guess = pool.score if prediction is None else pool.features[prediction].numbers
    if prediction is not None and (guess is None or not np.isfinite(guess).all()):
        raise DataError(
            f"{pool.path}: column {prediction!r} is no guess at every candidate: each needs a number; name another with"
            " --prediction"
        )
    if guess is None or not np.isfinite(guess).all():
        return {}
    stratum, _ = strata_of(pool, sheets[-1].draw.cut_for)
    position = np.empty(len(pool), dtype=np.int64)
    found = []
    for verdict_of_side, some in zip(sides, (pool.kept, ~pool.kept), strict=True):
        position[some] = np.arange(int(some.sum()))
        seen = some[labels.place]
        found.append(
            powered_verdict(
                verdict_of_side, guess[some], stratum[some], position[labels.place[seen]], labels.right[seen]
            )
        )
    kept, dropped = found
    return {} if kept is None or dropped is None else rates(kept, dropped, rng=rng)
