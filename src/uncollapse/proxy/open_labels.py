"""The few rows of a table that have no label: would a GO stand with all of them against it?

Where most rows have no label, labels are a sample, and the others are not looked at. Where nearly all have one, the
rest are those that nobody could judge, or that could not be read: likely no random ones.
"""

from dataclasses import replace

import numpy as np

from uncollapse.proxy.standing import Asked
from uncollapse.proxy.tally import Candidates
from uncollapse.statistics.counted import counted

GAPS = 0.2  # share of rows without a label up to which they are gaps, and not what a sample left out


def open_label_warnings(candidates: Candidates, asked: Asked) -> list[str]:
    """Warning where a GO would be none if the rows without a label were against it: wrong if kept, right if dropped."""
    if candidates.labelled is None:
        return []
    left = ~candidates.labelled
    if not 0 < left.sum() <= GAPS * len(left):
        return []
    if asked.stands(replace(candidates, right=np.where(left, ~candidates.kept, candidates.right), labelled=None)):
        return []
    return [
        f"it hangs on {counted(int(left.sum()), 'row')} without a label: with all of them against it, it would be none."
        " Where nearly every row has one, the rest are likely no random ones: label them, or call wrong what cannot be"
        " read."
    ]
