"""Report of an editing: its counts, eligible and changed, the distribution of p, and documents with edits marked."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.editing.distribution import TokenProbabilities
from uncollapse.editing.settings import EditSettings
from uncollapse.statistics.counted import counted

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


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


def report(
    outputs: Sequence[Path], settings: EditSettings, *, after: TokenProbabilities | None = None
) -> Iterator[str]:
    """Lines with the counts of every generation, and how probable its tokens were: before editing, and ``after``."""
    found = [summarize(path, threshold=settings.threshold) for path in outputs]
    for number, (path, summary) in enumerate(zip(outputs, found, strict=True), start=1):
        which = f"generation {number}: " if len(outputs) > 1 else ""
        yield f"{which}{counted(summary.documents, 'document')}, {counted(summary.tokens, 'token')} -> {path}"
        yield f"  eligible  {summary.eligible:>12,}  {summary.eligible_share:8.3%}"
        did = "deleted " if settings.action == "delete" else "changed "
        yield f"  {did}  {summary.changed:>12,}  {summary.changed_share:8.3%}"
    names = [f"gen {number}" for number in range(1, len(found) + 1)] if len(found) > 1 else ["before"]
    shown = [summary.before for summary in found]
    if after is not None:
        shown, names = [*shown, after], [*names, "after"]
    yield "\nshare of tokens by p     " + "".join(f"{name:>9}" for name in names)
    for index in range(10):
        shares = "".join(f"{one.shares[index]:9.2%}" for one in shown)
        yield f"  {index / 10:.1f} - {(index + 1) / 10:.1f}              {shares}"
    yield f"  p >= {settings.threshold:<18g}" + "".join(f"{one.above:9.2%}" for one in shown)
    yield "  entropy of the bins    " + "".join(f"{one.entropy:9.4f}" for one in shown)
    yield "  perplexity             " + "".join(f"{one.perplexity:9.2f}" for one in shown)


def shown(path: Path, tokenizer: PreTrainedTokenizerFast, number: int) -> Iterator[str]:
    """Lines with the first ``number`` documents: what was there and what took its place."""
    for table in read_row_groups(path, EDITS):
        for row in table.slice(0, number).to_pylist():
            yield f"\n{row['document_id']}: {marked(row, tokenizer)}"
        number -= len(table)
        if number <= 0:
            return


def marked(row: Mapping[str, Any], tokenizer: PreTrainedTokenizerFast) -> str:
    """A document whose changed stretches stand as ``[old->new]``.

    Each stretch is what it adds to the text before it: where letters take several tokens, one alone is no text, and
    some tokenizers keep the space before a word in its token.
    """
    kept = len(row["new_ids"]) == len(row["ids"])
    decode = functools.partial(tokenizer.decode, clean_up_tokenization_spaces=False)

    def added(before: list[int], stretch: list[int]) -> str:
        return decode(before + stretch)[len(decode(before)) :]

    found, place = [], 0
    for changed, several in itertools.groupby(row["changed"]):
        stop = place + len(list(several))
        before = row["ids"][:place]
        old = added(before, row["ids"][place:stop])
        new = added(before, row["new_ids"][place:stop]) if kept else ""
        found.append(f"[{old}->{new}]" if changed else old)
        place = stop
    return "".join(found)
