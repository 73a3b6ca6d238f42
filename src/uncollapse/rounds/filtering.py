"""Several filters one after the other, what each drops, and a selection of the same size at random."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.randomness.hashing import uniforms
from uncollapse.rounds.written import Answers
from uncollapse.settings.finding import load_plugin

PACKAGE = "rounds.filters"
AT_RANDOM = "random"


def kept(
    answers: Answers, filters: Sequence[Any], *, at_random: bool = False, seeds: Sequence[int] = (), draw: int = 0
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """(M, N) whether each answer passes all filters, and how many answers each filter was the first to drop.

    ``at_random`` keeps as many of each model's answers as pass, but which is drawn at random: keyed by ``draw``, the
    model's seed and the question's place.
    """
    found, dropped = np.ones_like(answers.finished), dict[str, int]()
    for one in filters:
        passed = found & load_plugin(one.kind, package=PACKAGE).keep(answers, one)
        dropped[one.kind] = int((found & ~passed).sum())
        found = passed
    if not at_random:
        return found, dropped
    places = np.arange(found.shape[1])
    chosen = np.zeros_like(found)
    for member, seed in enumerate(seeds):
        order = np.argsort(uniforms(draw, np.full(len(places), seed), places), kind="stable")
        chosen[member, order[: found[member].sum()]] = True
    return chosen, {AT_RANDOM: int(chosen.size - chosen.sum())}
