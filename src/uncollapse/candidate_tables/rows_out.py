"""Some rows of a table written as they are, as a stream: Parquet with its types, JSON lines and CSV."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from uncollapse.candidate_tables.pool import rows_of
from uncollapse.candidate_tables.roles import SUFFIXES
from uncollapse.corpora.formats import DELIMITERS, kind_of
from uncollapse.corpora.tables import column_names
from uncollapse.errors import DataError
from uncollapse.generators.candidate_file import ABOUT
from uncollapse.jobs.partial import whole

_BATCH = 4096


class _Writer(Protocol):
    def write(self, row: dict[str, Any]) -> None:
        """Write a row."""


def check_outputs(source: Path, outputs: Sequence[Path], *, overwrite: bool) -> None:
    """Refuse outputs of another kind than the source, in no folder, or already there.

    Raises
    ------
    DataError
        With the option and what to do.
    """
    kind = kind_of(source, SUFFIXES)
    for path in outputs:
        if kind_of(path, SUFFIXES) not in (kind, "json"):
            kinds = " or ".join(dict.fromkeys((source.suffix, ".jsonl")))
            raise DataError(f"--output {path}: rows of {source.name} are written as {kinds}")
        if path.suffix.lower() == ".gz":
            raise DataError(f"--output {path}: is written as it is; leave .gz out, and pack it afterwards")
        if not path.parent.is_dir():
            raise DataError(f"--output {path}: there is no folder {path.parent}")
        if path.exists() and path.samefile(source):
            raise DataError(f"--output {path}: is the table itself; name another file")
        if path.exists() and not overwrite:
            raise DataError(f"--output {path}: is there; name another, or say --overwrite")


def write_rows(source: Path, outputs: Mapping[Path, NDArray[np.int64]]) -> None:
    """Write to each output the rows of the source with these numbers, in the source's order; whole or not at all."""
    if kind_of(source, SUFFIXES) == "parquet" and all(kind_of(path, SUFFIXES) == "parquet" for path in outputs):
        _parquet(source, outputs)
        return
    names = column_names(source, suffixes=SUFFIXES)
    wanted = {path: set(numbers.tolist()) for path, numbers in outputs.items()}
    with ExitStack() as stack:
        writers = {path: stack.enter_context(_opened(path, source, names)) for path in outputs}
        for number, _, row in rows_of(source, names if kind_of(source, SUFFIXES) != "json" else [], told="write"):
            for path, numbers in wanted.items():
                if number in numbers:
                    writers[path].write(row)


def _parquet(source: Path, outputs: Mapping[Path, NDArray[np.int64]]) -> None:
    with ExitStack() as stack, pq.ParquetFile(source) as file:
        held = file.schema_arrow.metadata or {}
        schema = file.schema_arrow.with_metadata({name: held[name] for name in held if name == ABOUT})
        writers = {}
        for path in outputs:
            partial = stack.enter_context(whole(path))
            writers[path] = stack.enter_context(pq.ParquetWriter(partial, schema, compression="zstd"))
        begin = 0
        for batch in file.iter_batches(batch_size=_BATCH):
            for path, numbers in outputs.items():
                first, last = np.searchsorted(numbers, [begin, begin + len(batch)])
                if last > first:
                    table = pa.Table.from_batches([batch]).take(pa.array(numbers[first:last] - begin))
                    writers[path].write_table(table.replace_schema_metadata(schema.metadata))
            begin += len(batch)


@contextmanager
def _opened(path: Path, source: Path, names: Sequence[str]) -> Iterator[_Writer]:
    with whole(path) as partial, open(partial, "w", encoding="utf-8", newline="") as file:
        if kind_of(path, SUFFIXES) == "json":
            yield _Json(file)
        else:
            yield _Csv(file, names, DELIMITERS[str(kind_of(source, SUFFIXES))])


def json_line(row: Mapping[str, Any]) -> str:
    """A row as a line of JSON; characters as they are, but for halves of a pair, which UTF-8 cannot hold.

    >>> json_line({"text": "ü"}), json_line({"text": "\\ud83d"})
    ('{"text": "ü"}\\n', '{"text": "\\\\ud83d"}\\n')
    """
    text = json.dumps(row, ensure_ascii=False, default=str)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(row, default=str)
    return text + "\n"


class _Json:
    def __init__(self, file: Any) -> None:
        self.file = file

    def write(self, row: dict[str, Any]) -> None:
        self.file.write(json_line(row))


class _Csv:
    def __init__(self, file: Any, names: Sequence[str], delimiter: str) -> None:
        self.writer = csv.DictWriter(file, names, delimiter=delimiter)
        self.writer.writeheader()

    def write(self, row: dict[str, Any]) -> None:
        self.writer.writerow(row)
