"""The rows of an edited corpus as they came, with all their columns, and the edited text in place of the text."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.candidate_tables.changed_rows import write_changed
from uncollapse.editing.corpus import Corpus


def write_rewritten(corpus: Corpus, edits: Path, output: Path) -> int:
    """Write them, rows without a text included; returns how many. ``edits`` holds one row for each with a text."""
    texts = _texts(edits)

    def change(row: dict[str, Any]) -> dict[str, Any]:
        return {} if row.get(corpus.text_column) is None else {corpus.text_column: next(texts)}

    return write_changed(corpus.path, output, change, reads=[corpus.text_column])


def _texts(edits: Path) -> Iterator[str]:
    for group in read_row_groups(edits, EDITS):
        yield from group["text"].to_pylist()
