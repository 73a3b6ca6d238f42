"""Sources of what a round's models learn from, from the tables of questions and labels."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from uncollapse.rounds.mixture import weights
from uncollapse.training.member_data import Source


def sources_of(
    start: pa.Table, labels: Sequence[pa.Table], *, seeds: Sequence[int], difficulties: int
) -> list[list[Source]]:
    """Sources of each model: the initial data, then its own labels of each round, the newest last.

    Without labels all models have one and the same list, which is read once.
    """
    shares = weights(difficulties, [len(table.column("difficulty").unique()) for table in labels])
    first = _source(start, shares[0])
    if not labels:
        return [[first]] * len(seeds)
    own = [[table.filter(pc.equal(table.column("seed"), seed)) for table in labels] for seed in seeds]
    return [[first, *map(_source, mine, shares[1:])] for mine in own]


def _source(table: pa.Table, weight: float) -> Source:
    texts, answers = (table.column(name).to_pylist() for name in ("text", "answer"))
    return Source(questions=texts, answers=answers, weight=weight)
