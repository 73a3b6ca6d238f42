"""p, phi, psi and p_* of a population of candidates, of which some have labels and the kept may be labelled more often.

An audit that labels as many kept as dropped candidates says nothing of p by its labels alone: with k the share of the
population that is kept, and pi_1 and pi_0 the shares of kept and of dropped labels that are right,

    1 - p = k pi_1 + (1 - k) pi_0,    phi = k pi_1 / (1 - p),    psi = k (1 - pi_1) / p.

Where all candidates have a label this is counting.
"""

import numpy as np
from numpy.typing import NDArray

from uncollapse.proxy.estimate import quantities
from uncollapse.proxy.exact import Share, kept_precision
from uncollapse.proxy.noisy_labels import CorrectedShare, LabelErrors
from uncollapse.proxy.tally import DROPPED_RIGHT, DROPPED_WRONG, KEPT_RIGHT, KEPT_WRONG, Counts
from uncollapse.statistics.bootstrap import percentiles
from uncollapse.statistics.estimate import Estimate

_MOST_UNITS = 10_000  # kinds of prompts that are resampled by themselves; more are put together at random
_AT_ONCE = 2_000_000  # draws held at once
_COUNTED = ("p", "phi", "psi")  # shares of candidates, which resamples tell wherever they differ


def rates(
    counts: Counts,
    *,
    resamples: int,
    rng: np.random.Generator,
    errors: LabelErrors | None = None,
    precision: Share | CorrectedShare | None = None,
) -> dict[str, Estimate]:
    """Rates of the population with 95% intervals: p, phi, psi, psi/phi, kept precision, p_*, lift over keeping all.

    The interval of kept precision is the exact one, by which decisions are made; the others are percentiles of the
    bootstrap over prompts (with the errors of labels drawn anew in each resample), for information. Where all labels of
    the kept agree, or all of the dropped, no resample differs, and what further ones would be is drawn as the exact
    test has it. The share that is kept counts as known where not all candidates have a label.

    Parameters
    ----------
    errors : of the labels, which are right otherwise
    precision : what decides, if it is not the exact test of these counts
    """
    observed = _population(counts.labelled[None], counts, errors, None)
    labelled, noise = _resampled(counts, resamples, rng), errors and errors.draws(resamples, rng)
    drawn = _with_lift(quantities(_population(labelled, counts, errors, noise)))
    if (with_unseen := _with_unseen(labelled, counts, rng.spawn(1)[0])) is not None:
        allowed = _with_lift(quantities(_population(with_unseen, counts, errors, noise)))
        counted = {name for name in _COUNTED if _all_labelled(counts, errors) and np.ptp(drawn[name]) > 0}
        drawn = {name: drawn[name] if name in counted else values for name, values in allowed.items()}
    found: dict[str, Estimate] = {}
    at = _with_lift(quantities(observed))
    for name, values in drawn.items():
        value = float(at[name][0])
        known = values[np.isfinite(values)]
        defined = np.isfinite(value) and len(known) >= 0.99 * resamples
        found[name] = Estimate(value, *_holding(value, percentiles(known))) if defined else Estimate(value)
    found["kept_precision"] = (precision or kept_precision(counts)).interval()
    return found


def _with_lift(found: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    return found | {"lift": found["kept_precision"] - (1 - found["p"])}


def _resampled(counts: Counts, resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Labelled candidates (R, 4) of resampled prompts."""
    patterns, prompts = counts.patterns, counts.prompts
    if len(patterns) > _MOST_UNITS:  # groups of prompts, put together at random, are as good units
        place = rng.integers(_MOST_UNITS, size=int(prompts.sum()))
        every = np.repeat(patterns, prompts, axis=0)
        patterns = np.stack([np.bincount(place, column, minlength=_MOST_UNITS) for column in every.T], 1)
        prompts = np.ones(_MOST_UNITS, dtype=np.int64)
    share, number = prompts / prompts.sum(), int(prompts.sum())
    parts = []
    for begin in range(0, resamples, block := max(1, _AT_ONCE // len(patterns))):
        parts.append(rng.multinomial(number, share, size=min(block, resamples - begin)) @ patterns)
    return np.concatenate(parts).astype(np.float64)


def _with_unseen(labelled: NDArray[np.float64], counts: Counts, rng: np.random.Generator) -> NDArray[np.float64] | None:
    """Resampled labels (R, 4) with a share of the other kind where all of the kept agree, or of the dropped; or None.

    It is that of one more prompt, as large as the fullest, among those seen, each weighed at random: its quantiles are
    the ends of the exact interval (:mod:`uncollapse.statistics.bounded_mean`).
    """
    found = None
    for wrong, right in ((DROPPED_WRONG, DROPPED_RIGHT), (KEPT_WRONG, KEPT_RIGHT)):
        there = counts.labelled[[wrong, right]] > 0
        if there.all() or not there.any():
            continue
        found = labelled.copy() if found is None else found
        sizes = counts.patterns[:, wrong] + counts.patterns[:, right]
        kinds, place = np.unique(sizes[sizes > 0], return_inverse=True)
        repeats = np.bincount(place, counts.prompts[sizes > 0])
        seen = rng.gamma(repeats, size=(len(labelled), len(kinds))) @ kinds
        unseen = counts.most * rng.exponential(size=len(labelled))
        share, total = unseen / (unseen + seen), labelled[:, wrong] + labelled[:, right]
        # a resample without any of them tells nothing of their share
        total = np.where(total > 0, total, counts.labelled[[wrong, right]].sum())
        found[:, wrong] = total * (share if there[1] else 1 - share)
        found[:, right] = total - found[:, wrong]
    return found


def _holding(value: float, ends: NDArray[np.float64]) -> tuple[float, float]:
    """Ends of an interval, as far as the value that it belongs to where that is all that was seen."""
    return min(value, float(ends[0])), max(value, float(ends[1]))


def _population(
    labelled: NDArray, counts: Counts, errors: LabelErrors | None, drawn: tuple[NDArray, NDArray] | None
) -> NDArray[np.float64]:
    """Wrong, correct, kept wrong and kept correct candidates (R, 4) of the population, from labelled ones (R, 4)."""
    dropped_wrong, dropped_right, kept_wrong, kept_right = np.asarray(labelled, dtype=np.float64).T
    kept, dropped = kept_wrong + kept_right, dropped_wrong + dropped_right
    if not _all_labelled(counts, errors):
        with np.errstate(invalid="ignore", divide="ignore"):
            right_of_kept, right_of_dropped = kept_right / kept, dropped_right / dropped
        if errors is not None:
            right_of_kept = errors.corrected(right_of_kept, *(drawn or ()))
            right_of_dropped = errors.corrected(right_of_dropped, *(drawn or ()))
        kept = np.full_like(kept, counts.kept)
        dropped = np.full_like(dropped, counts.dropped)
        kept_right = kept * right_of_kept
        dropped_right = np.where(dropped > 0, dropped * right_of_dropped, 0.0)
        kept_wrong, dropped_wrong = kept - kept_right, dropped - dropped_right
    return np.stack([dropped_wrong + kept_wrong, dropped_right + kept_right, kept_wrong, kept_right], 1)


def _all_labelled(counts: Counts, errors: LabelErrors | None) -> bool:
    """Whether the rates are counted, and not put together from shares of what has a label."""
    return errors is None and abs(float(counts.labelled.sum()) - counts.kept - counts.dropped) <= 1e-9 * counts.kept


def random_selection(counts: Counts, right: float) -> Estimate:
    """Precision of a random selection of as many candidates, with the range in which 95% of such selections lie."""
    number = counts.kept + counts.dropped
    spread = np.sqrt(right * (1 - right) / counts.kept * max(0.0, 1 - counts.kept / number)) if counts.kept else np.nan
    return Estimate.symmetric(right, float(1.959964 * spread)).within((0.0, 1.0))
