"""Documents of Parquet, JSONL and CSV files and of hub data sets, one after the other."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from datasets import load_dataset

from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.rows import csv_rows, json_rows
from uncollapse.corpora.settings import ColumnSettings, CorpusSettings
from uncollapse.corpora.texts import unicode_text
from uncollapse.errors import DataError

HEAD = 1000  # rows whose columns count as the file's; a JSON object may leave some out


def read_files(paths: Sequence[Path], columns: ColumnSettings) -> Iterator[RawDocument]:
    """Rows of local files in order, one file after the other.

    Raises
    ------
    DataError
        For a file that is missing or damaged, a column that it has not, and a row of a CSV file with more or fewer
        fields than its header; with its name, line, and what it has.
    """
    for path in paths:
        if not path.is_file():
            raise DataError(f"{path}: no such file; correct corpora.<name>.files in config")
        kind = path.with_name(path.name.removesuffix(".gz")).suffix
        if kind == ".parquet":
            yield from _parquet(path, columns)
        else:
            rows = csv_rows(path) if kind == ".csv" else json_rows(path)
            yield from _documents(((f"line {line}", row) for line, row in rows), columns, str(path))


def read_hub(settings: CorpusSettings) -> Iterator[RawDocument]:
    """Rows of a hub data set, or of its local folder, as a stream. No code of the data set is run.

    Raises
    ------
    DataError
        Where it cannot be reached or has no such config, split or revision, and for a column that it has not.
    """
    name = str(settings.hub)
    try:
        rows = load_dataset(
            name, settings.config, revision=settings.revision, split=settings.split, streaming=True, token=None
        )
        yield from _documents(_numbered(rows), settings.columns, name)
    except DataError:
        raise
    except Exception as error:  # of datasets, huggingface_hub, httpx and fsspec
        raise DataError(_explain(name, settings, error)) from error


def _parquet(path: Path, columns: ColumnSettings) -> Iterator[RawDocument]:
    try:
        rows = load_dataset("parquet", data_files=[str(path)], split="train", streaming=True)
        yield from _documents(_numbered(rows), columns, str(path))
    except DataError:
        raise
    except Exception as error:  # of Arrow and datasets
        raise DataError(f"{path}: cannot be read as parquet: {_first_line(error)}") from error


def _numbered(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((f"row {number}", row) for number, row in enumerate(rows))


def _documents(
    rows: Iterator[tuple[str, Mapping[str, Any]]], columns: ColumnSettings, where: str
) -> Iterator[RawDocument]:
    wanted = {key: name for key, name in columns.model_dump().items() if name is not None}
    head = list(islice(rows, HEAD))
    names = dict.fromkeys(chain.from_iterable(row for _, row in head))
    missing = [name for name in wanted.values() if name not in names]
    if head and missing:
        raise DataError(
            f"{where}: has no column {', '.join(map(repr, missing))}; its columns are {', '.join(names)}:"
            " correct corpora.<name>.columns in config"
        )
    for place, row in chain(head, rows):
        yield RawDocument(**{key: _text(row, name, where, place) for key, name in wanted.items()})


def _text(row: Mapping[str, Any], name: str, where: str, place: str) -> str:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise DataError(f"{where}: column {name!r} of {place} holds {type(value).__name__}, not text")
    return unicode_text(value or "", where, place)


def _explain(name: str, settings: CorpusSettings, error: Exception) -> str:
    what = ", ".join(f"{key} {value}" for key in ("config", "revision", "split") if (value := getattr(settings, key)))
    text = f"{name} ({what}): cannot be read: {type(error).__name__}: {_first_line(error)}"
    if "script" in str(error).lower():
        return f"{text}; give a revision that holds data files, such as refs/convert/parquet: code of it is not run"
    offline = " (HF_HUB_OFFLINE or HF_DATASETS_OFFLINE is set)" if _offline() else ""
    return (
        f"{text}; correct hub, config, revision and split of the corpus in config, or{offline} download it where the"
        " hub can be reached and give its folder as hub, or its files as files"
    )


def _offline() -> bool:
    return any(os.environ.get(name, "0") not in ("", "0") for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]
