"""Labels of drawn rows as arrays, over a pool and over its strata."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncollapse.audits.intervals import Verdict, verdict
from uncollapse.audits.matching import Sheet
from uncollapse.candidate_tables.pool import Pool
from uncollapse.proxy.label_words import RIGHT, UNSURE
from uncollapse.proxy.tally import Candidates


@dataclass(frozen=True)
class Labels:
    """Labels of drawn rows: the number in the pool (M,), the stratum, whether right, and the key of each."""

    place: NDArray[np.int64]
    stratum: NDArray[np.int64]
    right: NDArray[np.bool_]
    keys: list[str]

    def verdicts(self, sheets: Sequence[Sheet]) -> tuple[Verdict, Verdict]:
        """The kept and the dropped, from their strata."""
        strata = sheets[-1].draw.strata
        seen = np.bincount(self.stratum, minlength=len(strata))
        good = np.bincount(self.stratum, self.right, minlength=len(strata))
        sizes = np.array([one["population"] for one in strata])
        kept = np.array([one["verdict"] == "kept" for one in strata])
        return verdict(sizes[kept], seen[kept], good[kept]), verdict(sizes[~kept], seen[~kept], good[~kept])

    def candidates(self, pool: Pool) -> Candidates:
        """All candidates of the pool, those of this sheet with a label."""
        labelled, right = np.zeros(len(pool), dtype=bool), np.zeros(len(pool), dtype=bool)
        labelled[self.place], right[self.place] = True, self.right
        return Candidates(pool.kept, right, labelled)


def labels_of(words: Mapping[str, str], sheets: Sequence[Sheet], at: Mapping[str, int]) -> Labels:
    """Labels of right and wrong; unsure ones are left out."""
    rows = [
        (at[key], row.stratum, words[key] == RIGHT, key)
        for sheet in sheets for key, row in sheet.draw.rows.items() if words.get(key, UNSURE) != UNSURE
    ]  # fmt: skip
    place, stratum, right, keys = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Labels(
        np.array(place, dtype=np.int64), np.array(stratum, dtype=np.int64), np.array(right, dtype=bool), list(keys)
    )
