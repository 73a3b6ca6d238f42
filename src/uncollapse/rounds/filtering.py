"""Several filters one after the other, what each drops, and a selection of the same size at random."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.randomness.hashing import uniforms
from uncollapse.rounds.written import Answers
from uncollapse.settings.finding import load_plugin

PACKAGE = "rounds.filters"
UNFINISHED, AT_RANDOM = "unfinished", "random"


def kept(
    answers: Answers, filters: Sequence[Any], *, at_random: bool = False, seeds: Sequence[int] = (), draw: int = 0
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """(M, N) whether each answer passes all filters, and how many answers each filter was the first to drop.

    ``at_random`` keeps as many of each model's finished answers as pass, but which is drawn at random: keyed by
    ``draw``, the model's seed and the question's place.
    """
    found = answers.finished.copy()
    dropped = {UNFINISHED: int((~found).sum())}
    for one in filters:
        passed = found & load_plugin(one.kind, package=PACKAGE).keep(answers, one)
        dropped[one.kind] = int((found & ~passed).sum())
        found = passed
    if not at_random:
        return found, dropped
    places = np.arange(found.shape[1])
    chosen = np.zeros_like(found)
    for member, seed in enumerate(seeds):
        order = uniforms(draw, np.full(len(places), seed), places)
        order[~answers.finished[member]] = 2.0  # comes last
        chosen[member, np.argsort(order, kind="stable")[: found[member].sum()]] = True
    return chosen, {UNFINISHED: dropped[UNFINISHED], AT_RANDOM: int(answers.finished.sum() - chosen.sum())}
