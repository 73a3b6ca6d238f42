"""Documents of hub data sets and of their local folders, as streams.

A folder's files are found as the hub finds them, by split and config, and read as those that config names one by one:
``datasets`` 5.2.0 turns the text "3" of a mixed column into a number, reads texts like dates as dates, and cuts
floats to ten decimals. Kinds of files that are not read so go through it.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import chain, islice
from pathlib import Path
from typing import Any

from datasets import load_dataset, load_dataset_builder
from huggingface_hub import DatasetCard

from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.formats import HUB, kind_of, suffix_of
from uncollapse.corpora.read import WORDING, documents, read_files, wanted
from uncollapse.corpora.rows import is_array, opened
from uncollapse.corpora.settings import CorpusSettings
from uncollapse.corpora.tables import column_names
from uncollapse.errors import DataError
from uncollapse.language.hub_access import asked_once
from uncollapse.settings.folder import files_in

HEAD = 1000  # rows whose columns count as the data set's; a JSON object may leave some out


def read_hub(settings: CorpusSettings) -> Iterator[RawDocument]:
    """Rows of a hub data set, or of its local folder, as a stream. No code of the data set is run.

    Raises
    ------
    DataError
        Where it cannot be reached or has no such config, split or revision, and for a column that it has not.
    """
    name = str(settings.hub)
    if not Path(name).is_dir() and (name.count("/") > 1 or name.startswith((".", "/", "~"))):
        raise DataError(f"{name}: there is no such folder, and an id of the hub is a name, or OWNER/NAME; correct hub")
    if Path(name).is_dir():
        splits = _splits(settings)
        files = splits.get(str(settings.split), [])
        _check_one_kind(settings, [file for of_split in splits.values() for file in of_split])
        if files and all(map(_is_ours, files)):
            yield from read_files(files, settings.columns, suffixes=HUB)
            return
    with nullcontext("") if Path(name).is_dir() else asked_once() as silence:
        try:
            rows = load_dataset(
                name, settings.config, revision=settings.revision, split=settings.split, streaming=True, token=None
            )
            yield from _documents(rows, settings)
        except DataError:
            raise
        except Exception as error:  # of datasets, huggingface_hub, httpx and fsspec
            raise DataError(_explain(name, settings, error, silence)) from error


def _splits(settings: CorpusSettings) -> dict[str, list[Path]]:
    """The files of a local folder by the split that they make up; none where ``datasets`` sees no data set in it."""
    with tempfile.TemporaryDirectory() as cache:  # whatever it leaves there, and wherever the user's own cache is
        try:
            builder = load_dataset_builder(str(settings.hub), settings.config, cache_dir=cache)
        except Exception as error:  # of datasets and of its files' parsers
            raise DataError(_explain(str(settings.hub), settings, error)) from error
    splits = builder.config.data_files or {}
    return {str(split): [Path(str(file)) for file in files] for split, files in splits.items()}


def _check_one_kind(settings: CorpusSettings, taken: Sequence[Path]) -> None:
    """Check that no table of another kind than ``taken`` lies in a folder, which ``datasets`` leaves out unsaid.

    It takes the kind of which there are the most files. A file without the columns that are asked for, such as a
    list of labels, is no part of the data; and where the folder's card names the files of its configs, others are
    left out on purpose.

    Raises
    ------
    DataError
        For such a table, with both kinds.
    """
    folder = Path(str(settings.hub))
    kinds = {kind_of(path, HUB) or suffix_of(path) for path in taken}
    known = {path.resolve() for path in taken}
    if not taken or _names_files(folder):
        return
    for path in map(Path, files_in(folder)):
        kind = kind_of(path, HUB)
        if kind and kind not in kinds and path.resolve() not in known and _has_columns(path, settings):
            raise DataError(
                f"{folder}: holds tables of two kinds, such as {taken[0].name} and {path.name}, of which the library"
                " datasets reads one: list those that are meant as files, or move the others out of the folder"
            )


def _names_files(folder: Path) -> bool:
    """Whether a folder's card says which files make up its configs."""
    card = folder / "README.md"
    return card.is_file() and bool(DatasetCard.load(card, ignore_metadata_errors=True).data.get("configs"))


def _has_columns(path: Path, settings: CorpusSettings) -> bool:
    try:
        return set(wanted(settings.columns).values()) <= set(column_names(path, suffixes=HUB))
    except DataError:  # no table, such as a program's own .json file
        return False


def _is_ours(path: Path) -> bool:
    """Whether we read such a file; of .json those that hold an array, or an object a line."""
    if suffix_of(path) != ".json" or is_array(path):
        return kind_of(path, HUB) is not None
    with opened(path) as file:
        first = next((text for text in file if text.strip()), "")
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _documents(rows: Iterable[Mapping[str, Any]], settings: CorpusSettings) -> Iterator[RawDocument]:
    numbered = ((f"row {number}", row) for number, row in enumerate(rows))
    head = list(islice(numbered, HEAD))
    names = dict.fromkeys(chain.from_iterable(row for _, row in head))
    missing = [name for name in wanted(settings.columns).values() if name not in names]
    if head and missing:
        raise DataError(f"{settings.hub}: {WORDING.missing(missing, names)}")
    yield from documents(chain(head, numbered), settings.columns, str(settings.hub))


def _explain(name: str, settings: CorpusSettings, error: Exception, silence: str = "") -> str:
    what = ", ".join(f"{key} {value}" for key in ("config", "revision", "split") if (value := getattr(settings, key)))
    reason = silence or f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
    text = f"{name} ({what}): cannot be read: {reason}"
    if "save_to_disk" in str(error):
        return (
            f"{name}: was written by save_to_disk, whose files only load_from_disk reads: write it by"
            " load_from_disk(...).to_parquet(...), and give that as files"
        )
    if "script" in str(error).lower():
        return f"{text}; give a revision that holds data files, such as refs/convert/parquet: code of it is not run"
    is_set = any(os.environ.get(each, "0") not in ("", "0") for each in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"))
    offline = " (HF_HUB_OFFLINE or HF_DATASETS_OFFLINE is set)" if is_set else ""
    return (
        f"{text}; correct hub, config, revision and split of the corpus in config, or{offline} download it where the"
        " hub can be reached and give its folder as hub, or its files as files"
    )
