"""Candidates as counts: how many of each prompt are kept or dropped, right or wrong, or have no label.

Everything else of this package works on prompts that have the same counts, of which there are few however many
candidates there are: one prompt each gives four kinds, eight a prompt some hundreds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.statistics.booleans import booleans

DROPPED_WRONG, DROPPED_RIGHT, KEPT_WRONG, KEPT_RIGHT = range(4)
_BLOCK = 1 << 20  # candidates
_DENSE = 1 << 22  # patterns that are counted in one table rather than sorted


@dataclass(frozen=True)
class Candidates:
    """N candidates: what is kept of them, what is known of them, and whose they are.

    kept : (N,) whether the verifier keeps it
    right : (N,) whether it is correct, without a meaning where there is no label
    labelled : (N,) whether it has a label; None where all have one
    prompts : (N,) number of its prompt, from 0; None where each is of a prompt of its own
    weight : (N,) how many candidates of the population it stands for; None where each stands for itself
    """

    kept: NDArray[np.bool_]
    right: NDArray[np.bool_]
    labelled: NDArray[np.bool_] | None = None
    prompts: NDArray[np.int64] | None = None
    weight: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        """Refuse what would be counted wrongly: other than booleans, prompts by other numbers than those from 0,
        weights that are not above zero, and columns of different lengths.

        Raises
        ------
        DataError
            Naming the column and what it should be.
        """
        for name in ("kept", "right", "labelled"):
            if getattr(self, name) is not None:
                booleans(name, getattr(self, name), dimensions=1)
        for name in ("right", "labelled", "prompts", "weight"):
            values = getattr(self, name)
            if values is not None and len(values) != len(self.kept):
                raise DataError(f"{name} has {len(values):,} values and kept {len(self.kept):,}, expected as many")
        prompts, weight = self.prompts, self.weight
        if prompts is not None and len(prompts) and (prompts.dtype.kind not in "iu" or prompts.min() < 0):
            raise DataError(
                "prompts must be whole numbers from 0 (a missing one is often -1):"
                " np.unique(ids, return_inverse=True)[1] makes them of ids"
            )
        if weight is not None and not (np.isfinite(weight) & (weight > 0)).all():
            raise DataError("weight has values that are not above zero, or not finite: leave these candidates out")

    def of(self, some: NDArray[np.bool_]) -> "Candidates":
        """The candidates where ``some`` (N,) holds; prompts keep their numbers."""
        parts = {
            name: None if (values := getattr(self, name)) is None else values[some]
            for name in ("kept", "right", "labelled", "prompts", "weight")
        }
        return Candidates(**parts)

    def number_of_prompts(self) -> int:
        """How many prompts there are."""
        return len(self.kept) if self.prompts is None else int(np.count_nonzero(np.bincount(self.prompts)))


@dataclass(frozen=True)
class Counts:
    """Prompts by their counts of labelled candidates, and how many candidates there are with those that have no label.

    patterns : (K, 4) dropped wrong, dropped right, kept wrong, kept right candidates with a label of a prompt
    prompts : (K,) how many prompts have these counts
    kept, dropped : candidates of the population that are kept and dropped, labelled or not
    most : the most labelled candidates that any one prompt has (their weight, where they have one): the limit that
        says how much one more prompt could change
    heaviest : the largest weight of a labelled candidate; one where they have none
    """

    patterns: NDArray
    prompts: NDArray[np.int64]
    kept: float
    dropped: float
    most: float
    heaviest: float = 1.0

    @property
    def labelled(self) -> NDArray:
        """(4,) candidates with a label in all, by the columns of ``patterns``."""
        return self.prompts @ self.patterns

    @property
    def kept_share(self) -> float:
        """Share of the population that is kept."""
        return self.kept / (self.kept + self.dropped)

    def most_kept(self, number: float) -> float:
        """The most that a prompt can have of the kept, where the selection keeps at most so many of its candidates."""
        return min(self.most, number * self.heaviest)

    def in_population(self, kept: float, dropped: float) -> "Counts":
        """The same labels, of a population of which so many are kept and dropped."""
        return replace(self, kept=float(kept), dropped=float(dropped))


def tally(candidates: Candidates) -> Counts:
    """Counts of candidates, in time that grows with their number and memory that grows with that of prompts.

    >>> kept, right = np.array([True, True, False]), np.array([True, False, True])
    >>> found = tally(Candidates(kept, right, prompts=np.zeros(3, int)))
    >>> found.patterns.tolist(), found.prompts.tolist(), found.kept, found.most
    ([[0, 1, 1, 1]], [1], 2.0, 3.0)
    """
    kept, right, labelled = candidates.kept, candidates.right, candidates.labelled
    weight, prompts = candidates.weight, candidates.prompts
    kept_total = float(np.count_nonzero(kept) if weight is None else weight[kept].sum())
    total = float(len(kept) if weight is None else weight.sum())
    kind = 2 * kept.astype(np.int8) + right
    if labelled is not None:
        kind = kind[labelled]
        weight = None if weight is None else weight[labelled]
        prompts = None if prompts is None else prompts[labelled]
    if prompts is None and weight is None:
        prompts_of_kind = np.bincount(kind, minlength=4)
        patterns, repeats = np.eye(4, dtype=np.int64), prompts_of_kind
    else:
        if prompts is None:
            table = np.zeros((len(kind), 4))
            table[np.arange(len(kind)), kind] = weight
        else:
            table = _by_prompt(prompts, kind, weight)
        patterns, repeats = _alike(table)
    some = (repeats > 0) & (patterns.sum(1) > 0)
    patterns, repeats = patterns[some], repeats[some]
    most = float(patterns.sum(1).max()) if len(patterns) else 0.0
    return Counts(patterns, repeats, kept_total, total - kept_total, most, _heaviest(weight))


def nested(candidates: Candidates, level: NDArray[np.int64], levels: int) -> Iterator[Counts]:
    """Counts of ever looser selections: the first keeps candidates of level 0, the next those of level 1 as well, ...

    Each candidate moves once from the dropped to the kept, so that the whole costs little more than one tally.

    Parameters
    ----------
    candidates : whose ``kept`` is not looked at
    level : (N,) first selection that keeps the candidate; ``levels`` or more where none does
    """
    right, labelled, prompts, weight = candidates.right, candidates.labelled, candidates.prompts, candidates.weight
    sizes = np.cumsum(np.bincount(level, weight, minlength=levels + 1))
    if labelled is not None:
        level, right = level[labelled], right[labelled]
        prompts = None if prompts is None else prompts[labelled]
        weight = None if weight is None else weight[labelled]
    if prompts is None and weight is None:
        by_level = np.cumsum(np.bincount(2 * level + right, minlength=2 * levels + 2).reshape(-1, 2), axis=0)
        for number in range(levels):
            repeats = np.concatenate([by_level[-1] - by_level[number], by_level[number]])
            some = repeats > 0
            patterns = np.eye(4, dtype=np.int64)[some]
            yield Counts(patterns, repeats[some], float(sizes[number]), float(sizes[-1] - sizes[number]), 1.0)
        return
    if prompts is None:
        prompts = np.arange(len(level))
    table = _by_prompt(prompts, right, weight)
    there = table.sum(1) > 0
    most = float(table.sum(1).max()) if len(table) else 0.0
    order = np.argsort(level.astype(np.min_scalar_type(levels + 1)), kind="stable")
    ends = np.cumsum(np.bincount(level, minlength=levels + 1))
    steps = [order[start:end] for start, end in zip([0, *ends[: levels - 1]], ends[:levels], strict=True)]
    base = int(table.max()) + 1 if len(table) else 1
    if weight is None and base**4 <= _DENSE:
        for number, (patterns, repeats) in enumerate(_moving(table, there, prompts, right, steps, base)):
            yield Counts(patterns, repeats, float(sizes[number]), float(sizes[-1] - sizes[number]), most)
        return
    left = _by_prompt(prompts, right, None)[:, :2]  # candidates: of none, what rounding leaves of their weights is none
    for number, moved in enumerate(steps):
        moved_weight = None if weight is None else weight[moved]
        change = _by_prompt(prompts[moved], right[moved], moved_weight, number=len(table))
        left -= _by_prompt(prompts[moved], right[moved], None, number=len(table))[:, :2]
        table[:, :2] = np.where(left, table[:, :2] - change[:, :2], 0)
        table[:, 2:] += change[:, :2]
        patterns, repeats = _alike(table[there] if not there.all() else table)
        kept, dropped = float(sizes[number]), float(sizes[-1] - sizes[number])
        yield Counts(patterns, repeats, kept, dropped, most, _heaviest(weight))


def _heaviest(weight: NDArray[np.float64] | None) -> float:
    return 1.0 if weight is None or not len(weight) else float(weight.max())


def _by_prompt(
    prompts: NDArray[np.int64], kind: NDArray, weight: NDArray[np.float64] | None, *, number: int | None = None
) -> NDArray:
    """Counts (P, 4), or sums of weights, of candidates by the number of their prompt and their kind, 0 to 3.

    Candidates are taken in blocks, since all of their places in the table at once would be larger than they are.
    """
    number = (int(prompts.max()) + 1 if len(prompts) else 0) if number is None else number
    table = np.zeros(4 * number, dtype=np.int64 if weight is None else np.float64)
    for start in range(0, len(prompts), _BLOCK):
        some = slice(start, start + _BLOCK)
        places = 4 * prompts[some].astype(np.int64, copy=False) + kind[some]
        np.add.at(table, places, 1 if weight is None else weight[some])
    return table.reshape(-1, 4)


def _moving(
    table: NDArray[np.int64],
    there: NDArray[np.bool_],
    prompts: NDArray[np.int64],
    right: NDArray[np.bool_],
    steps: list[NDArray[np.int64]],
    base: int,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows of counts that differ, and how often each is there, after each step that moves candidates to the kept.

    A prompt's counts are digits of one number, to whatever base is larger than all of them; only the prompts that a
    step moves candidates of are looked at.
    """
    powers = np.array([base**3, base**2, base, 1], dtype=np.int64)
    codes = table @ powers
    moves = powers[2:] - powers[:2]  # of a wrong one, of a right one
    repeats = np.bincount(codes[there], minlength=base**4)
    for moved in steps:
        touched = np.zeros(len(codes), dtype=bool)
        touched[prompts[moved]] = True
        touched = np.flatnonzero(touched)
        repeats -= np.bincount(codes[touched], minlength=base**4)
        np.add.at(codes, prompts[moved], moves[right[moved].astype(np.intp)])
        repeats += np.bincount(codes[touched], minlength=base**4)
        found = np.flatnonzero(repeats)
        yield found[:, None] // powers % base, repeats[found]


def _alike(table: NDArray) -> tuple[NDArray, NDArray[np.int64]]:
    """Rows of counts (N, 4) that differ, and how often each is there."""
    if table.dtype.kind == "f":
        return np.unique(table, axis=0, return_counts=True)
    if not len(table):
        return table, np.zeros(0, dtype=np.int64)
    base = int(table.max()) + 1
    powers = np.array([base**3, base**2, base, 1], dtype=np.int64)
    if base > 50_000:  # the powers would not fit
        return np.unique(table, axis=0, return_counts=True)
    code = table @ powers
    if base**4 <= max(_DENSE, len(table)):
        dense = np.bincount(code, minlength=1)
        codes = np.flatnonzero(dense)
        repeats = dense[codes]
    else:
        codes, repeats = np.unique(code, return_counts=True)
    return codes[:, None] // powers % base, repeats
