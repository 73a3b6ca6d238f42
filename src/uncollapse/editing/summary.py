"""What an editing did, in numbers: both counts, eligible and changed, and the distribution of p."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from uncollapse.artifacts import read_row_groups
from uncollapse.editing.distribution import TokenProbabilities
from uncollapse.editing.schemas import EDITS


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
        """Of all tokens, a fraction."""
        return self.eligible / max(self.tokens, 1)

    @property
    def changed_share(self) -> float:
        """Of all tokens, a fraction."""
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


def generation_shares(generations: Iterable[Path], *, threshold: float) -> list[dict[str, float | int]]:
    """Rows of Table 9, one per generation: its tokens, how many lie above the threshold, are eligible, are changed.

    ``above_tokens`` is what the table prints. ``eligible_tokens`` is less where spans are protected or the editable set
    is frozen, and ``decay`` is ``above_tokens`` over that of the generation before (claim zhu-T9-b: 0.94 twice).
    """
    rows: list[dict[str, float | int]] = []
    for number, path in enumerate(generations, start=1):
        found = summarize(path, threshold=threshold)
        above = found.before.tokens_above
        before = rows[-1]["above_tokens"] if rows else 0
        rows.append(
            {
                "generation": number,
                "tokens": found.tokens,
                "above_tokens": above,
                "above_share": found.before.above,
                "eligible_tokens": found.eligible,
                "eligible_share": found.eligible_share,
                "changed_tokens": found.changed,
                "changed_share": found.changed_share,
                "decay": above / before if before else float("nan"),
            }
        )
    return rows
