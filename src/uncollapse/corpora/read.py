"""The documents of a corpus as its settings say: from a package's reader, from files, or from the hub."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.settings import CorpusSettings
from uncollapse.corpora.tabular import read_files
from uncollapse.errors import DataError


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
