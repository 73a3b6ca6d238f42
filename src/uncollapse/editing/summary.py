"""Summary of an editing, in numbers: both counts, eligible and changed, and the distribution of p."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.editing.distribution import TokenProbabilities


@dataclass(frozen=True)
class Summary:
    """Counts of one edited corpus.

    Table 9 prints ``eligible_share`` and calls it the share of edited tokens. Of these, few are changed.
    """

    documents: int
    tokens: int
    eligible: int
    changed: int
    new_tokens: int
    before: TokenProbabilities

    @property
    def eligible_share(self) -> float:
        """Eligible tokens of all, a fraction."""
        return self.eligible / max(self.tokens, 1)

    @property
    def changed_share(self) -> float:
        """Changed tokens of all, a fraction."""
        return self.changed / max(self.tokens, 1)


def summarize(paths: Path | Sequence[Path], *, threshold: float) -> Summary:
    """Read one edited corpus, in one file or several, row group by row group."""
    before = TokenProbabilities(threshold)
    documents = eligible = changed = new_tokens = 0
    for table in read_row_groups(paths, EDITS):
        documents += len(table)
        eligible += int(table["eligible_tokens"].to_numpy().sum(dtype=np.int64))
        changed += int(table["changed_tokens"].to_numpy().sum(dtype=np.int64))
        new_tokens += len(table["new_ids"].combine_chunks().flatten())
        before.add(table["p"].combine_chunks().flatten().to_numpy())
    return Summary(documents, before.tokens, eligible, changed, new_tokens, before)
