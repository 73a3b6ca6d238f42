"""The random twin of a selection: as many candidates of the same prompts, drawn at random.

A student of the selection and one of its twin differ in which candidates they saw, and in nothing else: not in how
many, not in whose. What is drawn goes by a hash of the seed and the id.
"""

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidate_tables.pool import Pool
from uncollapse.randomness.hashing import uniforms
from uncollapse.row_selection.rules import place_in_prompt


def random_twin(pool: Pool, kept: NDArray[np.bool_], *, seed: int) -> NDArray[np.bool_]:
    """(N,) candidates of the twin: of each prompt as many as are kept, from all its candidates with a text alike."""
    wanted = np.bincount(pool.prompt, kept)[pool.prompt]
    return place_in_prompt(pool, uniforms(seed, pool.id.view(np.int64)), among=pool.length > 0) < wanted


def in_common(kept: NDArray[np.bool_], twin: NDArray[np.bool_]) -> float:
    """Share of a selection that its twin has too; NaN of an empty one."""
    return float((kept & twin).sum() / kept.sum()) if kept.any() else float("nan")
