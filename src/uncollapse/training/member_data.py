"""Examples that a decoder's members learn from: several sources, drawn by stratum.

A stratum is the examples of one source whose questions have one length and whose answers have one. The strata from
which step k draws follow from the sources alone: each comes up at an even pace, its share of its source times that
source's weight. Which of its examples is drawn follows from the member's seed. So batches of members that share their
sources have one layout, no two batches differ much in their lengths, and what a member reads does not depend on who is
trained beside it. An example comes up again only after all others of its stratum.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.models.characters import STOP, Characters
from uncollapse.randomness.hashing import uniforms

_AHEAD = 1 << 18  # draws whose order is worked out at once


@dataclass(frozen=True, kw_only=True)
class Source:
    """Examples that are drawn together.

    Parameters
    ----------
    questions, answers : N each, at least one.
    weight : share of the draws, in proportion to the other sources' weights.
    """

    questions: Sequence[str]
    answers: Sequence[str]
    weight: float = 1.0


@dataclass(frozen=True)
class Draws:
    """B examples for each of M members that share their sources: alike in lengths, the longest first.

    Parameters
    ----------
    tokens : (M, total) int16, example after example: question, answer, stop token.
    questions, lengths : (B,) tokens of the question, and of the whole.
    """

    tokens: NDArray[np.int16]
    questions: NDArray[np.int64]
    lengths: NDArray[np.int64]


class Examples:
    """All sources as tokens, and the examples that a step draws from them.

    Parameters
    ----------
    seeds : one a member.

    Raises
    ------
    DataError
        For sources without examples or weight, questions and answers of different number, empty questions, and
        characters that the alphabet lacks.
    """

    def __init__(
        self, sources: Sequence[Source], characters: Characters, *, batch_size: int, seeds: Sequence[int]
    ) -> None:
        self.batch_size, self.seeds = batch_size, list(seeds)
        tokens, lengths, questions, paces = [], [], [], []
        self._check(sources)
        for number, source in enumerate(sources):
            asked = characters.encode(source.questions)
            whole = characters.encode([q + a for q, a in zip(source.questions, source.answers, strict=True)])
            if not asked.lengths.min():
                raise DataError(f"source {number} has an empty question; a question needs at least one character")
            ends = whole.starts[1:]
            tokens.append(np.insert(whole.tokens, ends, STOP))
            lengths.append(whole.lengths + 1)
            questions.append(asked.lengths)
            paces.append(np.full(len(asked), source.weight / len(asked)))
        self.tokens = np.concatenate(tokens)
        self.lengths, self.questions = np.concatenate(lengths), np.concatenate(questions)
        self.starts = np.cumsum(self.lengths) - self.lengths
        of_source = np.repeat(np.arange(len(sources)), [len(each) for each in lengths])
        strata = np.stack([of_source, self.questions, self.lengths])
        _, first, stratum = np.unique(strata, axis=1, return_index=True, return_inverse=True)
        self.members_of = np.split(
            np.argsort(stratum, kind="stable"), np.cumsum(np.bincount(stratum, minlength=len(first)))[:-1]
        )
        pace = np.bincount(stratum, weights=np.concatenate(paces))
        self.pace = pace / pace.sum()  # draws of a stratum per draw
        self.offset = uniforms(0, np.arange(len(first)))
        self._orders: dict[tuple[int, int], tuple[int, NDArray[np.int64]]] = {}

    def __len__(self) -> int:
        return len(self.lengths)

    def steps(self, first: int) -> Iterator[Draws]:
        """The draws of step ``first`` (0-based) and all later ones, without end."""
        block, before = 0, 0
        wanted = first * self.batch_size
        while (after := self._drawn_by((block + 1) * _AHEAD).sum()) <= wanted:
            block, before = block + 1, int(after)
        strata, turns = self._block(block)
        strata, turns = strata[wanted - before :], turns[wanted - before :]
        while True:
            while len(strata) < self.batch_size:
                block += 1
                more, their_turns = self._block(block)
                strata, turns = np.concatenate([strata, more]), np.concatenate([turns, their_turns])
            yield self._draws(strata[: self.batch_size], turns[: self.batch_size])
            strata, turns = strata[self.batch_size :], turns[self.batch_size :]

    def _drawn_by(self, time: int) -> NDArray[np.int64]:
        """Turns that each stratum has before a time, which runs as fast as draws do."""
        return np.maximum(np.ceil(self.pace * time - self.offset), 0).astype(np.int64)

    def _block(self, block: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Strata in the order in which they come up during one block of time, and which of its turns each is."""
        before, after = self._drawn_by(block * _AHEAD), self._drawn_by((block + 1) * _AHEAD)
        counts = after - before
        strata = np.repeat(np.arange(len(counts)), counts)
        turns = np.arange(len(strata)) - np.repeat(np.cumsum(counts) - counts, counts) + before[strata]
        order = np.argsort((turns + self.offset[strata]) / self.pace[strata], kind="stable")
        return strata[order], turns[order]

    def _draws(self, strata: NDArray[np.int64], turns: NDArray[np.int64]) -> Draws:
        # long examples first, as they are packed; of one stratum together
        order = np.lexsort([turns, strata, -self.lengths[[self.members_of[stratum][0] for stratum in strata]]])
        strata, turns = strata[order], turns[order]
        drawn = np.empty((len(self.seeds), len(strata)), dtype=np.int64)
        breaks = np.flatnonzero(np.diff(strata)) + 1
        for begin, end in zip([0, *breaks], [*breaks, len(strata)], strict=True):
            rows = self.members_of[strata[begin]]
            for member in range(len(self.seeds)):
                drawn[member, begin:end] = rows[self._places(member, int(strata[begin]), turns[begin:end])]
        lengths = self.lengths[drawn[0]]
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        tokens = self.tokens[np.repeat(self.starts[drawn], lengths, axis=1) + within]
        return Draws(tokens, self.questions[drawn[0]], lengths)

    def _places(self, member: int, stratum: int, turns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Places within a stratum that a member draws at some of its turns, which are in order."""
        size = len(self.members_of[stratum])
        if size == 1:
            return np.zeros(len(turns), dtype=np.int64)
        epochs, places = np.divmod(turns, size)
        found = np.empty(len(turns), dtype=np.int64)
        for epoch in np.unique(epochs):
            known, order = self._orders.get((member, stratum), (-1, None))
            if order is None or known != epoch:
                order = np.random.default_rng([self.seeds[member], stratum, int(epoch)]).permutation(size)
                self._orders[member, stratum] = (int(epoch), order)
            chosen = epochs == epoch
            found[chosen] = order[places[chosen]]
        return found

    @staticmethod
    def _check(sources: Sequence[Source]) -> None:
        for number, source in enumerate(sources):
            if not len(source.questions) or len(source.questions) != len(source.answers):
                raise DataError(
                    f"source {number} has {len(source.questions):,} questions and {len(source.answers):,} answers;"
                    " as many of both, and at least one, are needed"
                )
            if not source.weight > 0:
                raise DataError(f"source {number} has the weight {source.weight}; it must be above 0")
        if not sources:
            raise DataError("there is nothing to learn from: no source of examples")
