"""Passages of one length from the documents of several corpora, in splits that share no document."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np

from uncollapse.artifacts.corpora import DOCUMENTS
from uncollapse.artifacts.parquet import ParquetWriter, read_row_groups
from uncollapse.corpora.splits import position, split_of
from uncollapse.errors import DataError
from uncollapse.pretraining.settings import SPLITS, PassageSettings


@lru_cache
def _consecutive(words: int) -> re.Pattern[str]:
    """Pattern of so many words that looks at none twice: long documents cost no more a word than short ones."""
    return re.compile(rf"\S++(?:\s++\S++){{{words - 1}}}")


@dataclass(frozen=True)
class Passage:
    """One passage; ``place`` is a hash of its text in [0, 1)."""

    document_id: int
    split: str
    place: float
    text: str


def cut(text: str, *, words: int, most: int | None = None) -> list[str]:
    """Consecutive passages of exactly so many words; what is left over at the end is not one.

    >>> cut("One two three, four five.", words=2)
    ['One two', 'three, four']
    """
    whole = len(text.split()) // words
    parts = _consecutive(words).finditer(text)
    return [part[0] for part in islice(parts, whole if most is None else min(whole, most))]


def passages_of(corpus: Path, settings: PassageSettings, splits: Sequence[str]) -> Iterator[tuple[int, list[Passage]]]:
    """Document by document, its id and its passages, all of one of the ``splits`` that the corpus has."""
    shares = {"test": settings.test_share, "validation": settings.validation_share}
    shares["train"] = 1 - sum(shares.values())
    for table in read_row_groups(corpus, DOCUMENTS):
        columns = (table.column(name).to_pylist() for name in ("document_id", "lead", "text"))
        for document_id, lead, body in zip(*columns, strict=True):
            text = f"{lead}\n{body}" if lead else body
            split = splits[0] if len(splits) == 1 else split_of(text, shares, seed=settings.seed)
            parts = cut(text, words=settings.passage_words, most=settings.per_document)
            yield document_id, [Passage(document_id, split, position(part, seed=settings.seed), part) for part in parts]


def write_passages(
    writers: Mapping[str, ParquetWriter], corpora: Mapping[str, Path], settings: PassageSettings, *, rows: int = 2048
) -> None:
    """Write the passages of each split, corpus by corpus, and account for every document.

    Of each corpus and split those with the smallest hashes are taken, in the order of the corpus: which ones does not
    depend on the other corpora. Each corpus is read twice, so that memory holds one number a passage and no text.

    Raises
    ------
    DataError
        Where a corpus gives no passage to a split that needs one.
    """
    most = {"train": settings.train, "validation": settings.validation, "test": settings.test}
    number = dict.fromkeys(SPLITS, 0)
    for name, path in corpora.items():
        needed = settings.splits_of(name)
        places: dict[str, list[float]] = {split: [] for split in SPLITS}
        for _, found in passages_of(path, settings, needed):
            for passage in found:
                places[passage.split].append(passage.place)
        for split in needed:
            if not places[split]:
                text = f"{path}: no passage of {settings.passage_words} words for the {split} split"
                raise DataError(f"{text}; lower data.passage_words, or name a larger corpus than {name}")
        last = {split: _threshold(values, most[split]) for split, values in places.items()}
        waiting: dict[str, list[Passage]] = {split: [] for split in SPLITS}
        dropped: Counter[str] = Counter()
        kept: Counter[str] = Counter()
        for _, found in passages_of(path, settings, needed):
            if not found:
                dropped[f"fewer than {settings.passage_words} words"] += 1
                continue
            chosen = [passage for passage in found if passage.place <= last[passage.split]]
            if not chosen:
                dropped[f"not among the {found[0].split} passages"] += 1
                continue
            kept[found[0].split] += 1
            queue = waiting[found[0].split]
            queue += chosen
            if len(queue) >= rows:
                number[found[0].split] += _write(writers[found[0].split], name, queue, number[found[0].split], settings)
                queue.clear()
        for split in SPLITS:
            if waiting[split]:
                number[split] += _write(writers[split], name, waiting[split], number[split], settings)
            others = {"in another split": sum(kept.values()) - kept[split]}
            writers[split].count(
                rows_in=sum(kept.values()) + sum(dropped.values()), kept=kept[split], dropped=dict(dropped) | others
            )


def _threshold(places: list[float], most: int | None) -> float:
    """The largest place that is taken."""
    if not places:
        return -1.0
    if most is None or most >= len(places):
        return 2.0
    return float(np.partition(np.asarray(places), most - 1)[most - 1])


def _write(writer: ParquetWriter, corpus: str, found: list[Passage], first: int, settings: PassageSettings) -> int:
    writer.write(
        {
            "passage_id": np.arange(first, first + len(found)),
            "corpus": [corpus] * len(found),
            "written_by": [settings.written_by(corpus)] * len(found),
            "document_id": [passage.document_id for passage in found],
            "place": [passage.place for passage in found],
            "text": [passage.text for passage in found],
        }
    )
    return len(found)
