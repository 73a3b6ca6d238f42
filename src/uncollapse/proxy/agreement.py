"""A verdict that is the label: a perfect verifier, or one that was made of the labels."""

import numpy as np

from uncollapse.proxy.tally import Candidates
from uncollapse.statistics.counted import counted


def agreement_notes(candidates: Candidates) -> tuple[str, ...]:
    """Note where just those are kept that a label calls right, in every row with one: no count tells it from a leak."""
    labelled = slice(None) if candidates.labelled is None else candidates.labelled
    kept, right = candidates.kept[labelled], candidates.right[labelled]
    if not np.array_equal(kept, right) or kept.all() or not kept.any():
        return ()
    return (
        f"the verdict is the label in all of {counted(len(kept), 'row')} with one: a perfect verifier, or one that was"
        " made of the labels, or labels made of it, which look alike. In the latter cases nothing here counts.",
    )
