"""The documents of a corpus as its settings say: from a package's reader, from files, or from the hub."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.formats import TEXTS
from uncollapse.corpora.settings import ColumnSettings, CorpusSettings
from uncollapse.corpora.tables import Row, Wording, read_rows, unicode_text
from uncollapse.errors import DataError

WORDING = Wording(
    no_file="no such file; correct corpora.<name>.files in config",
    no_column="has no column {column}; its columns are {there}: correct corpora.<name>.columns in config",
)


def read_corpus(settings: CorpusSettings, paths: Sequence[Path]) -> Iterator[RawDocument]:
    """Documents of a corpus in a fixed order.

    Parameters
    ----------
    paths : the package's file, or the local files; none for a hub data set.

    Raises
    ------
    DataError
        Where an archive, a file or a data set cannot be read, or lacks what is looked for.
    """
    if settings.source is None:
        if settings.hub is None:
            yield from read_files(paths, settings.columns)
        else:
            from uncollapse.corpora.hub import read_hub

            yield from read_hub(settings)
        return
    (archive,) = paths
    reader = import_module(f"uncollapse.corpora.sources.{settings.source}")
    try:
        yield from reader.documents(archive)
    except (KeyError, IndexError, UnicodeDecodeError) as error:
        text = f"{archive}: not laid out as the reader {settings.source!r} knows it ({type(error).__name__}: {error})"
        raise DataError(f"{text}; delete it, so that it is fetched again") from error


def read_files(
    paths: Sequence[Path], columns: ColumnSettings, *, suffixes: Sequence[str] = TEXTS
) -> Iterator[RawDocument]:
    """Rows of local files in order, one file after the other; errors as for :func:`read_rows`, and for other values
    than text.
    """
    for path in paths:
        several = len(paths) > 1
        rows = read_rows(path, wanted(columns).values(), one_of_several=several, suffixes=suffixes, wording=WORDING)
        yield from documents(rows, columns, str(path))


def wanted(columns: ColumnSettings) -> dict[str, str]:
    """Names of the columns to read, by the part of a document that each holds."""
    return {key: name for key, name in columns.model_dump().items() if name is not None}


def documents(rows: Iterable[Row], columns: ColumnSettings, where: str) -> Iterator[RawDocument]:
    """A document of each row; what has no value is empty text.

    Raises
    ------
    DataError
        For a value that is no text, or holds half a character; with its place in the file or data set, ``where``.
    """
    names = wanted(columns)
    for place, row in rows:
        yield RawDocument(**{key: _text(row, name, where, place) for key, name in names.items()})


def _text(row: Mapping[str, Any], name: str, where: str, place: str) -> str:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise DataError(f"{where}: column {name!r} of {place} holds {type(value).__name__}, not text")
    return unicode_text(value or "", where, place)
