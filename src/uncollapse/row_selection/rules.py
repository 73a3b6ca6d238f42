"""Rules that keep candidates: first or shortest accepted, best of n, a threshold, the top k, so many within a budget.

Every rule takes a pool and says of each candidate whether it is kept, or why not. Ties are settled the same way each
time: by the number of the sample, then by a hash of the id; the order of a file's rows counts only where there is no
such number.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidate_tables.pool import Pool
from uncollapse.errors import DataError
from uncollapse.row_selection.settings import Selecting

SAMPLE = "sample"  # the column that numbers a prompt's candidates


@dataclass
class Sieve:
    """Candidates that are still in, and of each other one why it is out.

    reason : (N,) 0 while a candidate is in, else 1 + the place of its reason
    reasons : in the order in which they were met
    """

    reason: NDArray[np.int8]
    reasons: list[str] = field(default_factory=list)

    @property
    def kept(self) -> NDArray[np.bool_]:
        """(N,) whether a candidate is in."""
        return self.reason == 0

    def drop(self, some: NDArray[np.bool_], why: str) -> None:
        """Take candidates out, of those that are in."""
        if why not in self.reasons:
            self.reasons.append(why)
        self.reason[some & self.kept] = 1 + self.reasons.index(why)

    def account(self) -> dict[str, int]:
        """How many candidates are out for each reason."""
        counts = np.bincount(self.reason, minlength=len(self.reasons) + 1)[1:]
        return dict(zip(self.reasons, counts.tolist(), strict=True))


def order_of(pool: Pool) -> NDArray[np.float64]:
    """(N,) number of each candidate among its prompt's: the column ``sample``, or its place in the file."""
    sample = pool.features.get(SAMPLE)
    if sample is not None and sample.numbers is not None and np.isfinite(sample.numbers).all():
        return sample.numbers
    return _place(pool.prompt, pool.row).astype(np.float64)


def place_in_prompt(
    pool: Pool, *keys: NDArray[np.float64], among: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """(N,) place of each candidate in its prompt, from 0, by keys of which the first counts most; least first.

    Ties go by the order of samples, then by a hash of the id. Where ``among`` is given, others come last.
    """
    first = np.zeros(len(pool)) if among is None else (~among).astype(np.float64)
    return _place(pool.prompt, pool.id, order_of(pool), *keys[::-1], first)


def _place(prompt: NDArray[np.int64], *keys: NDArray) -> NDArray[np.int64]:
    """(N,) place of each candidate in its prompt, from 0, by keys of which the last counts most; least first."""
    order = np.lexsort([*keys, prompt])
    sizes = np.bincount(prompt)
    place = np.empty(len(prompt), dtype=np.int64)
    place[order] = np.arange(len(prompt)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return place


def selected(pool: Pool, settings: Selecting) -> Sieve:
    """Candidates that a rule keeps.

    Raises
    ------
    DataError
        For a rule that needs a score where there is none.
    """
    sieve = Sieve(np.zeros(len(pool), dtype=np.int8))
    sieve.drop(pool.length == 0, "without a text")
    if settings.pass_rates is not None:
        low, high = settings.pass_rates
        rate = pool.pass_rate
        sieve.drop((rate < low) | (rate > high), f"its prompt's pass rate is not from {low:g} to {high:g}")
    by = RULES[settings.rule](pool, settings, sieve)
    if settings.at_most is not None:
        place = place_in_prompt(pool, *by, among=sieve.kept)
        sieve.drop(place >= settings.at_most, f"beyond {settings.at_most} of its prompt")
    return sieve


Keys = tuple[NDArray[np.float64], ...]  # by which a prompt's candidates are ranked, least first


def _accepted(pool: Pool, settings: Selecting, sieve: Sieve) -> Keys:
    sieve.drop(~pool.kept, "not accepted")
    return () if pool.score is None else (_worse(pool),)


def _first(pool: Pool, settings: Selecting, sieve: Sieve) -> Keys:
    sieve.drop(~pool.kept, "not accepted")
    sieve.drop(place_in_prompt(pool, among=sieve.kept) >= settings.each, "not the first that is accepted")
    return ()


def _shortest(pool: Pool, settings: Selecting, sieve: Sieve) -> Keys:
    sieve.drop(~pool.kept, "not accepted")
    keys = (pool.length.astype(np.float64),)
    sieve.drop(place_in_prompt(pool, *keys, among=sieve.kept) >= settings.each, "not the shortest that is accepted")
    return keys


def _best(pool: Pool, settings: Selecting, sieve: Sieve) -> Keys:
    keys = (_worse(pool),)
    sieve.drop(~np.isfinite(keys[0]), "without a score")
    if settings.n is not None:
        sieve.drop(place_in_prompt(pool) >= settings.n, f"beyond the first {settings.n}")
    sieve.drop(place_in_prompt(pool, *keys, among=sieve.kept) >= settings.each, "not the best of its prompt")
    return keys


def _threshold(pool: Pool, settings: Selecting, sieve: Sieve) -> Keys:
    sieve.drop(~pool.kept, "its score does not reach the threshold")
    return (_worse(pool),)


def _top(pool: Pool, settings: Selecting, sieve: Sieve) -> Keys:
    """The best ``n`` of all; with ``at_most``, of what is left when no prompt has more."""
    keys = (_worse(pool),)
    sieve.drop(~np.isfinite(keys[0]), "without a score")
    if settings.at_most is not None:
        place = place_in_prompt(pool, *keys, among=sieve.kept)
        sieve.drop(place >= settings.at_most, f"beyond {settings.at_most} of its prompt")
    order = np.lexsort([pool.id, order_of(pool), keys[0], ~sieve.kept])
    rank = np.empty(len(pool), dtype=np.int64)
    rank[order] = np.arange(len(pool))
    assert settings.n is not None
    sieve.drop(rank >= settings.n, f"beyond the top {settings.n:,}")
    return keys


def _budget(pool: Pool, settings: Selecting, sieve: Sieve) -> Keys:
    """The first ``n`` accepted, the first sample of every prompt before any second one, within a budget."""
    assert settings.n is not None
    order = np.lexsort([pool.id, order_of(pool)])
    turn = np.empty(len(pool), dtype=np.int64)
    turn[order] = np.arange(len(pool))
    if settings.budget is not None:
        sieve.drop(turn >= settings.budget, f"beyond the budget of {settings.budget:,}")
    sieve.drop(~pool.kept, "not accepted")
    if settings.at_most is not None:
        sieve.drop(
            place_in_prompt(pool, among=sieve.kept) >= settings.at_most, f"beyond {settings.at_most} of its prompt"
        )
    done = np.cumsum(sieve.kept[order])
    late = np.empty(len(pool), dtype=bool)
    late[order] = done > settings.n
    sieve.drop(late, f"beyond the {settings.n:,} asked for")
    return ()


def _worse(pool: Pool) -> NDArray[np.float64]:
    """(N,) score turned so that the best is least; none is worst."""
    if pool.score is None:
        raise DataError(f"{pool.path}: this rule goes by a score, and there is none: name its column with --score")
    return np.nan_to_num(-pool.better, nan=np.inf, posinf=np.inf, neginf=-np.inf)


RULES: dict[str, Callable[[Pool, Selecting, Sieve], Keys]] = {
    "accepted": _accepted,
    "first": _first,
    "shortest": _shortest,
    "best": _best,
    "threshold": _threshold,
    "top": _top,
    "budget": _budget,
}
