"""Weigh or select documents that look like a target corpus, by DSIR (Xie et al. 2023).

    uncollapse dsir raw.jsonl.gz target.csv                       writes raw.dsir.jsonl.gz: all rows, with a log_weight
    uncollapse dsir raw.parquet target.jsonl --select 10000       only the documents that are drawn
    uncollapse dsir raw.csv target.csv --text body --id url --output chosen.parquet --select 10000

A corpus is a Parquet, JSON-lines, CSV or TSV file, all but Parquet plain or packed (.gz, .zst), with a column of texts
(--text). Rows keep all their columns; those without a text have no weight, are never drawn, and are counted. A weight
is the log ratio of a document's hashed words and word pairs under the target and under the raw corpus, in nats;
documents are drawn without replacement in proportion to its exponential. A killed command goes on where it was.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncollapse.errors import DataError
from uncollapse.jobs.command_ending import told_in_words
from uncollapse.jobs.command_line import Parser, add_quiet, add_threads, on_threads, quietly, whole
from uncollapse.statistics.counted import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from uncollapse.corpora.texts import Texts

WEIGHT = "log_weight"


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = Parser(prog="uncollapse dsir", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw", type=Path, help="the corpus to select from")
    parser.add_argument("target", type=Path, help="the corpus to look like")
    parser.add_argument("--output", type=Path, help="Parquet, JSON lines or CSV (default: <raw>.dsir, of raw's kind)")
    parser.add_argument("--text", default="text", help="column of texts (default: text)")
    parser.add_argument("--id", help="whole numbers or texts that key the draw (default: the document's place)")
    parser.add_argument("--select", type=whole(1), metavar="N", help="draw N documents (default: weigh all, draw none)")
    parser.add_argument("--shortest", type=whole(0), default=100,
                        help="words below which a document is never drawn (default: 100)")  # fmt: skip
    parser.add_argument("--seed", type=whole(0), default=0, help="of the draw (default: 0)")
    add_quiet(parser)
    add_threads(parser)
    return parser.parse_args(given)


def dsir(options: argparse.Namespace) -> str:
    """Weigh, draw and write; the line to print."""
    from uncollapse.candidate_tables.changed_rows import check_output
    from uncollapse.corpora.formats import beside
    from uncollapse.corpora.tables import column_names
    from uncollapse.corpora.texts import read_texts

    output = options.output or beside(options.raw, "dsir")
    check_output(output, option="--output", source=options.raw)
    if WEIGHT in column_names(options.raw):
        raise DataError(f"{options.raw}: has a column {WEIGHT!r}, which would be lost; rename it, or drop it")
    raw, target = (
        read_texts(path, options.text, store=True, told=f"dsir: read {path.name}")
        for path in (options.raw, options.target)
    )
    keys = document_keys(options.raw, options.text, options.id) if options.id else None
    for corpus, path in ((raw, options.raw), (target, options.target)):
        if not len(corpus.texts):
            raise DataError(f"{path}: no document has a text: {corpus.told}")
    folder = output.with_name(f".{output.name}.features")
    try:
        return _weigh(options, output, raw, target, keys, folder)
    except DataError:  # another command follows, and it does not go on from here
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _weigh(
    options: argparse.Namespace, output: Path, raw: Texts, target: Texts, keys: NDArray[np.int64] | None, folder: Path
) -> str:
    """Weigh, draw and write, with what a killed command goes on from in a folder; the line to print."""
    import numpy as np
    import pyarrow as pa

    from uncollapse.artifacts.columns import field
    from uncollapse.candidate_tables.changed_rows import write_changed
    from uncollapse.corpora.stored_texts import word_counts
    from uncollapse.passage_selection.dsir import importance
    from uncollapse.passage_selection.without_replacement import sample_rows

    weights = importance(
        _in_chunks(raw.texts, "dsir: weigh"), _in_chunks(target.texts, "dsir: read the target"), folder=folder
    ).log_weights
    drawn = np.ones(len(weights), dtype=bool)
    if options.select is not None:
        long_enough = word_counts(raw.texts) >= options.shortest
        rows = sample_rows(
            weights, size=options.select, seed=options.seed, stage="dsir", allowed=long_enough, keys=keys
        )  # fmt: skip
        drawn = np.isin(np.arange(len(weights)), rows)
    found = iter(zip(weights.tolist(), drawn.tolist(), strict=True))

    def change(row: dict[str, Any]) -> dict[str, Any] | None:
        text = row.get(options.text)
        weight, chosen = next(found) if text and text.strip() else (None, options.select is None)
        return {WEIGHT: weight} if chosen else None

    added = [field(WEIGHT, pa.float64(), "importance, in nats; none without a text", nullable=True)]
    written = write_changed(options.raw, output, change, reads=[options.text], added=added)
    shutil.rmtree(folder, ignore_errors=True)
    fate = "without a weight" if options.select is None else "never drawn"  # without a draw all rows are written
    return f"{output}: {counted(written, 'row')}, of {raw.told_as(fate)}"


def _in_chunks(texts: Sequence[str], told: str) -> Iterator[Sequence[str]]:
    """A corpus as chunks of documents, with progress on those that whoever takes them has done with."""
    from uncollapse.jobs.progress import Progress
    from uncollapse.passage_selection.dsir import chunks

    progress, done = Progress(told, unit="documents"), 0
    progress.start(total=len(texts))
    for chunk in chunks(texts, size=500):
        yield chunk
        done += len(chunk)
        progress.update(done)


def document_keys(path: Path, text: str, column: str) -> NDArray[np.int64]:
    """Keys (N,) of the documents of a file, by the ids in a column; rows without a text have none.

    Raises
    ------
    DataError
        For a column that is not there, a value that is no id, and one that two documents have.
    """
    import numpy as np

    from uncollapse.corpora.keys import key_of
    from uncollapse.corpora.tables import Wording, read_rows

    places: dict[int, str] = {}
    wording = Wording(no_column="no column {column}; there are {there}: name the column of ids with --id")
    for place, row in read_rows(path, [text, column], wording=wording):
        if not row.get(text) or not row[text].strip():
            continue
        try:
            key = key_of(row.get(column))
        except TypeError:
            raise DataError(
                f"{path}: {place} has {row.get(column)!r} in column {column!r}; ids are whole numbers or texts"
            ) from None
        if key in places:
            raise DataError(
                f"{path}: {places[key]} and {place} both have {row[column]!r} in column {column!r}; draws are keyed by"
                " the id, which must be each document's own"
            )
        places[key] = place
    return np.fromiter(places, dtype=np.int64, count=len(places))


def main(given: list[str] | None = None) -> None:
    """Weigh or select, or say in one line what is wrong."""
    options = arguments(given)
    with (
        told_in_words([options.raw], command="dsir", stopped="the same command goes on from here"),
        quietly(options.quiet),
        on_threads(options.threads),
    ):
        print(dsir(options))
