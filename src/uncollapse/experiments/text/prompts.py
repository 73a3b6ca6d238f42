"""Prompts with true answers from the documents of a corpus, shared out so that no two splits share one.

Documents that can serve are put in the order of a hash of what is read. The first ``test`` of them are test prompts,
the next ``validation`` validation prompts, the others, up to ``pool`` of them, the pool that a generator writes
answers for; the first ``train_share`` of the pool has its true answers shown to generators. So a split that grows
takes from the pool alone, and documents that are added move few of the others. Rows lie in the order of the
documents.

A draw of the pool other than the first takes all documents that are no test and no validation prompts in an order of
its own: two draws are random samples of the same documents, and share some by chance.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.corpora import DOCUMENTS
from uncollapse.artifacts.parquet import ParquetWriter, read_row_groups
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.corpora.splits import position
from uncollapse.errors import DataError
from uncollapse.experiments.text.prompt_settings import TextDataSettings, TextSampleSettings

ROW_GROUP = 256  # prompts: a shard holds whole row groups, and a model answers one after the other
_ABSENT = 2.0  # stands for the place of a document that cannot serve; places lie in [0, 1)


@dataclass(frozen=True, kw_only=True)
class Example:
    """The prompt that one document becomes, or the reason why it cannot serve."""

    prompt: str = ""
    answer: str = ""
    dropped: str = ""


def example(title: str, lead: str, text: str, data: TextDataSettings) -> Example:
    """A prompt with its true answer.

    >>> data = TextDataSettings(corpus="news", prompt_words=3, template="Article: {prompt} Summary:")
    >>> example("", "Rain.", "It has rained in Rome.", data)
    Example(prompt='Article: It has rained Summary:', answer='Rain.', dropped='')
    """
    parts = {"title": title, "lead": lead, "text": text}
    words, answer = parts[data.prompt].split(), " ".join(parts[data.answer].split())
    if not words:
        return Example(dropped=f"empty {data.prompt}")
    if not answer:
        return Example(dropped=f"empty {data.answer}")
    if data.answer_words is not None and len(answer.split()) > data.answer_words:
        return Example(dropped=f"{data.answer} of more than {data.answer_words} words")
    read = parts[data.prompt].strip() if data.prompt_words is None else " ".join(words[: data.prompt_words])
    return Example(prompt=data.template.replace("{prompt}", read), answer=answer)


def write_prompts(
    writer: ParquetWriter,
    corpus: Path,
    data: TextDataSettings,
    settings: TextSampleSettings,
    *,
    split: str,
    draw: int | None = None,
) -> None:
    """The rows of one split (train, validation, test, synthesize); every document is accounted for.

    ``draw`` numbers the pool of which train and synthesize are, None for the first.

    Raises
    ------
    DataError
        Where the corpus has too few documents that can serve.
    """
    places, reasons = _places(corpus, data, order=f"{settings.seed}")
    aside = settings.test + settings.validation
    first, last = _bounds(places, settings, aside=aside, split=split, corpus=corpus)
    if draw is not None:
        again, _ = _places(corpus, data, order=f"{settings.seed} {draw}")
        places = np.where(places > np.sort(places)[aside - 1], again, _ABSENT)
        first, last = _bounds(places, settings, aside=0, split=split, corpus=corpus)
    waiting: dict[str, list] = {name: [] for name in TEXT_PROMPTS.names}
    done = at = 0
    for table in read_row_groups(corpus, DOCUMENTS):
        here = places[at : at + len(table)]
        at += len(table)
        chosen = (here >= first) & (here <= last)
        for row in table.filter(pa.array(chosen)).to_pylist():
            made = example(row["title"], row["lead"], row["text"], data)
            values = (done, row["document_id"], made.prompt, made.answer)
            for name, value in zip(TEXT_PROMPTS.names, values, strict=True):
                waiting[name].append(value)
            done += 1
            if len(waiting["prompt_id"]) == ROW_GROUP:
                writer.write(waiting)
                waiting = {name: [] for name in TEXT_PROMPTS.names}
    if waiting["prompt_id"]:
        writer.write(waiting)
    dropped = {**reasons, "of another split, or beyond the pool": len(places) - sum(reasons.values()) - done}
    writer.count(rows_in=len(places), kept=done, dropped=dropped)


def _places(corpus: Path, data: TextDataSettings, *, order: str) -> tuple[NDArray[np.float64], Counter[str]]:
    """The place of every document in the order of hashes, and why those without a place have none."""
    places: list[float] = []
    reasons: Counter[str] = Counter()
    for table in read_row_groups(corpus, DOCUMENTS):
        for row in table.select(["title", "lead", "text"]).to_pylist():
            made = example(**row, data=data)
            places.append(_ABSENT if made.dropped else position(f"{order} {made.prompt}"))
            reasons[made.dropped] += bool(made.dropped)
    found = np.array(places)
    _, earliest = np.unique(found, return_index=True)
    repeated = np.ones(len(found), dtype=np.bool_)
    repeated[earliest] = False
    repeated &= found != _ABSENT
    found[repeated] = _ABSENT
    reasons["the same prompt as an earlier document's"] = int(repeated.sum())
    return found, reasons


def _bounds(
    places: NDArray[np.float64], settings: TextSampleSettings, *, aside: int, split: str, corpus: Path
) -> tuple[float, float]:
    """The first and the last place of a split, where so many places before the pool are test and validation prompts."""
    order = np.sort(places[places != _ABSENT])
    pool = len(order) - aside if settings.pool is None else settings.pool
    train = round(settings.train_share * pool)
    if aside + pool > len(order) or train < 1:
        raise DataError(
            f"{corpus}: {len(order):,} documents can serve, but sample asks for {settings.test:,} test and"
            f" {settings.validation:,} validation prompts and a pool of {settings.pool or 'all others'}: lower them,"
            " or name a larger corpus"
        )
    starts = {"test": (0, settings.test), "validation": (settings.test, aside)}
    starts |= {"synthesize": (aside, aside + pool), "train": (aside, aside + train)}
    first, last = starts[split]
    return float(order[first]), float(order[last - 1])


def ending_of(template: str) -> str:
    """The text that a template writes behind what is read.

    >>> ending_of("Article: {prompt} Summary:"), ending_of("{prompt}")
    (' Summary:', '')
    """
    return template.partition("{prompt}")[2]
