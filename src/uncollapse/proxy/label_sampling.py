"""Labels that were not drawn at random: do those of the kept, or of the dropped, lie where the score is another?

Labels of the best-scored candidates, or as many of what one threshold keeps as of what it drops, do not say how much of
what a looser threshold keeps is right. Of one verdict, scores of rows with and without a label are compared by ranks
(Mann and Whitney 1947; where rows share prompts, by a score test whose variance is that of sums over prompts, Liang and
Zeger 1986). Where they differ, labels are weighed back to the scores of all rows of their verdict, in fifths, and a GO
that does not stand then, or has a fifth without a label, is warned of.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from uncollapse.proxy.coverage import quantile_cells
from uncollapse.proxy.standing import Asked
from uncollapse.proxy.tally import Candidates

ERROR = 0.01  # of a verdict's comparison
_FIFTHS = 5
_FEWEST = 5  # of each kind


def label_sampling_warnings(
    candidates: Candidates, score: NDArray[np.float64], asked: Asked, *, name: str
) -> list[str]:
    """Warning where a GO hangs on labels that were not drawn at random among candidates of a verdict.

    Parameters
    ----------
    score : (N,) of the candidates, by the column of this ``name``
    """
    labelled = candidates.labelled
    if labelled is None or candidates.weight is not None:  # whoever weighs says how labels were drawn
        return []
    differ, unseen = False, False
    weight = np.ones(len(labelled))
    for some in (candidates.kept, ~candidates.kept):
        if not (some & labelled).any():
            continue
        prompts = None if candidates.prompts is None else candidates.prompts[some]
        differ |= _differ(score[some], labelled[some], prompts)
        cells = quantile_cells(score[some], _FIFTHS)
        every, seen = (np.bincount(of, minlength=_FIFTHS) for of in (cells, cells[labelled[some]]))
        unseen |= bool(((seen == 0) & (every > 0)).any())
        weight[some] = (every / np.maximum(seen, 1))[cells]
    if not differ or (not unseen and asked.stands(replace(candidates, weight=weight).of(labelled))):
        return []
    return [
        f"it hangs on labels that were not drawn at random: by column {name!r} those of the kept or of the dropped lie"
        " elsewhere than the rest, and weighed back it would be none. Label rows drawn at random of what this selection"
        " keeps and of what it drops (uncollapse audit draw does), or give a --weight."
    ]


def _differ(score: NDArray[np.float64], labelled: NDArray[np.bool_], prompts: NDArray[np.int64] | None) -> bool:
    """Whether scores of rows with a label are surely others than those of rows without."""
    from scipy import stats

    rank = stats.rankdata(score)
    if prompts is None:
        kinds = (labelled, ~labelled)
        if min(kind.sum() for kind in kinds) < _FEWEST:
            return False
        return bool(stats.mannwhitneyu(*(rank[kind] for kind in kinds), method="asymptotic").pvalue < ERROR)
    kinds = [np.unique(prompts[kind]) for kind in (labelled, ~labelled)]
    if min(map(len, kinds)) < _FEWEST:
        return False
    # no means over a prompt's rows are ranked: those of many rows are spread less than one, and may lie elsewhere
    parts = (rank - rank.mean()) * np.where(labelled, 1 / labelled.sum(), -1 / (~labelled).sum())
    of_prompts = np.bincount(prompts, parts)
    spread = float(np.sqrt(of_prompts @ of_prompts))
    return bool(spread) and bool(2 * stats.norm.sf(abs(of_prompts.sum()) / spread) < ERROR)
