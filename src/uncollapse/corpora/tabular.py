"""Documents of Parquet, JSONL and CSV files and of hub data sets, streamed through the datasets library."""

import csv
import gzip
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from datasets import Features, Value, load_dataset

from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.settings import ColumnSettings, CorpusSettings
from uncollapse.errors import DataError

_BUILDERS = {".parquet": "parquet", ".jsonl": "json", ".csv": "csv"}


def read_files(paths: Sequence[Path], columns: ColumnSettings) -> Iterator[RawDocument]:
    """Rows of local files in order, one file after the other.

    Raises
    ------
    DataError
        For a file that is missing or damaged, and a column that it has not; with its name, and what it has.
    """
    for path in paths:
        if not path.is_file():
            raise DataError(f"{path}: no such file; correct corpora.<name>.files in config")
        builder = _BUILDERS[path.with_name(path.name.removesuffix(".gz")).suffix]
        try:
            options = _strings(path) if builder == "csv" else {}
            rows = load_dataset(builder, data_files=[str(path)], split="train", streaming=True, **options)
            yield from _documents(rows, columns, str(path))
        except DataError:
            raise
        except Exception as error:  # of Arrow, pandas and datasets, by format
            raise DataError(f"{path}: cannot be read as {builder}: {_first_line(error)}") from error


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
        yield from _documents(rows, settings.columns, name)
    except DataError:
        raise
    except Exception as error:  # of datasets, huggingface_hub, httpx and fsspec
        raise DataError(_explain(name, settings, error)) from error


def _strings(path: Path) -> dict[str, Any]:
    """Options that leave every cell of a CSV file as it stands: a text of "NA" or "12" is text."""
    unpack = gzip.open if path.suffix == ".gz" else open
    with unpack(path, "rt", encoding="utf-8") as file:
        header = next(csv.reader(file), [])
    return {"keep_default_na": False, "features": Features({name: Value("string") for name in header})}


def _documents(rows: Any, columns: ColumnSettings, where: str) -> Iterator[RawDocument]:
    wanted = {key: name for key, name in columns.model_dump().items() if name is not None}
    for number, row in enumerate(rows):
        if number == 0:
            missing = [name for name in wanted.values() if name not in row]
            if missing:
                raise DataError(
                    f"{where}: has no column {', '.join(map(repr, missing))}; its columns are {', '.join(row)}:"
                    " correct corpora.<name>.columns in config"
                )
        yield RawDocument(**{key: _text(row, name, where, number) for key, name in wanted.items()})


def _text(row: Mapping[str, Any], name: str, where: str, number: int) -> str:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise DataError(f"{where}: column {name!r} of row {number} holds {type(value).__name__}, not text")
    return value or ""


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
