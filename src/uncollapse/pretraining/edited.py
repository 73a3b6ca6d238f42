"""Edited texts as a data set: the ids as they were edited, in the rows that they were edited from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from uncollapse.artifacts.datasets import TRAINING_TEXTS
from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import read_row_groups, read_table
from uncollapse.errors import ArtifactError


def edited_rows(edits: Path, dataset: Path, schema: pa.Schema = TRAINING_TEXTS) -> Iterator[dict[str, Any]]:
    """Row groups of the schema with new ids; ``dataset`` is what was edited.

    Raises
    ------
    ArtifactError
        Where the edits are not of that data set.
    """
    before = read_table(dataset, schema).select([name for name in schema.names if name != "ids"])
    done = 0
    for table in read_row_groups(edits, EDITS):
        mine = before.slice(done, len(table))
        done += len(table)
        if mine.column("passage_id").to_pylist() != table.column("document_id").to_pylist():
            raise ArtifactError(f"{edits}: its documents are not the passages of {dataset}; delete it and rerun")
        yield {name: mine.column(name) for name in mine.column_names} | {"ids": table.column("new_ids")}
    if done != len(before):
        raise ArtifactError(f"{edits}: {done:,} documents where {dataset} has {len(before):,}; delete it and rerun")
