"""Documents of hub data sets and of their local folders, as streams.

A folder's files are found as the hub finds them, by split and config, and read as those that config names one by one:
``datasets`` 5.2.0 turns the text "3" of a mixed column into a number, reads texts like dates as dates, and cuts
floats to ten decimals. Kinds of files that are not read so go through it, and so do data sets on the hub. Of either
``datasets`` reads tables of one kind.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import fields
from itertools import chain, islice
from pathlib import Path
from typing import Any

import yaml
from datasets import BuilderConfig, DatasetBuilder, load_dataset, load_dataset_builder
from datasets.packaged_modules.csv.csv import CsvConfig
from huggingface_hub import DatasetCard

from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.formats import DELIMITERS, HUB, kind_of, packed_as, suffix_of
from uncollapse.corpora.read import WORDING, documents, read_files, wanted
from uncollapse.corpora.remote_tables import RemoteFolder
from uncollapse.corpora.rows import is_array, opened
from uncollapse.corpora.settings import CorpusSettings
from uncollapse.corpora.tables import column_names
from uncollapse.errors import DataError
from uncollapse.language.hub_access import asked_once
from uncollapse.settings.folder import files_in

_OF_EVERY_KIND = {*(one.name for one in fields(BuilderConfig)), "features", "chunksize"}
_LOOKED_AT = 100  # tables of another kind, each of which may be a request
_WAY_OUT = "list those that are meant as files, or move the others out of the folder"
HEAD = 1000  # rows whose columns count as the data set's; a JSON object may leave some out


def read_hub(settings: CorpusSettings) -> Iterator[RawDocument]:
    """Rows of a hub data set, or of its local folder, as a stream. No code of the data set is run.

    Raises
    ------
    DataError
        Where it cannot be reached, has no such config, split or revision, or tables of two kinds, and for a column that
        it has not.
    """
    name = str(settings.hub)
    if not Path(name).is_dir() and (name.count("/") > 1 or name.startswith((".", "/", "~"))):
        raise DataError(f"{name}: there is no such folder, and an id of the hub is a name, or OWNER/NAME; correct hub")
    if Path(name).is_dir():
        builder = _builder_of_folder(settings)
        _check_options(settings, builder)
        splits = {
            str(split): _without_notes([Path(str(file)) for file in some])
            for split, some in _data_files(builder).items()
        }
        files = splits.get(str(settings.split), [])
        _check_folder(settings, splits)
        if files and all(map(_is_ours, files)) and getattr(builder.config, "field", None) is None:
            yield from read_files(files, settings.columns, suffixes=HUB)
            return
    with nullcontext("") if Path(name).is_dir() else asked_once() as silence:
        try:
            if Path(name).is_dir():
                rows = load_dataset(name, settings.config, split=settings.split, streaming=True)
            else:
                builder = load_dataset_builder(name, settings.config, revision=settings.revision, token=None)
                _check_hub(settings, builder)
                rows = builder.as_streaming_dataset(split=settings.split)
            yield from _documents(rows, settings)
        except DataError:
            raise
        except Exception as error:  # of datasets, huggingface_hub, httpx and fsspec
            raise DataError(_explain(name, settings, error, silence)) from error


def _builder_of_folder(settings: CorpusSettings) -> DatasetBuilder:
    """The builder of a local folder: its files by the split that they make up, and what a card says of them."""
    with tempfile.TemporaryDirectory() as cache:  # whatever it leaves there, and wherever the user's own cache is
        try:
            return load_dataset_builder(str(settings.hub), settings.config, cache_dir=cache)
        except Exception as error:  # of datasets and of its files' parsers
            raise DataError(_explain(str(settings.hub), settings, error)) from error


def _data_files(builder: DatasetBuilder) -> Mapping[Any, Iterable[Any]]:
    return builder.config.data_files or {}


def _check_options(settings: CorpusSettings, builder: DatasetBuilder) -> None:
    """Check that no card says how CSV files are to be read, such as with another delimiter or without a header.

    Raises
    ------
    DataError
        With what it says.
    """
    if not isinstance(builder.config, CsvConfig):
        return
    kinds = {kind_of(Path(str(file)), HUB) for files in _data_files(builder).values() for file in files}
    plain = CsvConfig(sep=DELIMITERS["tsv" if kinds == {"tsv"} else "csv"])
    of_cells = [
        one.name
        for one in fields(CsvConfig)
        if one.name not in _OF_EVERY_KIND and getattr(builder.config, one.name) != getattr(plain, one.name)
    ]
    if of_cells:
        raise DataError(
            f"{settings.hub}: its README.md says how its CSV files are to be read ({', '.join(of_cells)}), which is not"
            " done here: save them with a header and commas"
        )


def _without_notes(files: list[Path]) -> list[Path]:
    """Files but for those that stand beside another one with its name, such as ``train.jsonl.md5``."""
    names = {str(file) for file in files}
    return [file for file in files if kind_of(file, HUB) or not any(f"{one}." in str(file) for one in names)]


def _check_folder(settings: CorpusSettings, splits: Mapping[str, list[Path]]) -> None:
    """Check that a local folder has tables of one kind, all in some split and none of them twice.

    Raises
    ------
    DataError
        As :func:`_check_one_kind`, for a table that is in no split, and for one that lies there packed and unpacked.
    """
    taken = [file for files in splits.values() for file in files]
    folder, known = Path(str(settings.hub)), {path.resolve() for path in taken}
    twice = next((path for path in taken if packed_as(path) and path.with_suffix("").resolve() in known), None)
    if twice is not None:
        raise DataError(f"{folder}: holds both {twice.name} and {twice.with_suffix('').name}; move one out of it")
    card = folder / "README.md"
    told = card.read_text(encoding="utf-8") if card.is_file() else ""
    left = [path for path in files_in(folder) if Path(path).resolve() not in known]

    def columns(path: str) -> list[str]:
        return column_names(Path(path), suffixes=HUB)

    _check_one_kind(settings, [str(path) for path in taken], left, columns=columns, card=told, way_out=_WAY_OUT)
    if not taken or _names_files(told):
        return
    for path in (path for path in left if kind_of(Path(path), HUB)):
        name = Path(path).relative_to(folder)
        # folders such as __MACOSX, which programs for archives leave, hold no data
        if not any(part.startswith("__") for part in name.parts) and _has_columns(columns, path, settings):
            raise DataError(
                f"{folder}: {name} is in none of the splits that the library datasets sees there"
                f" ({', '.join(splits)}), and would be left out: {_WAY_OUT}"
            )


def _check_hub(settings: CorpusSettings, builder: DatasetBuilder) -> None:
    """Check that a data set on the hub has tables of one kind, see :func:`_check_one_kind`.

    A copy in the cache of ``datasets``, which is read where the hub cannot be reached, is of one kind.
    """
    address = str(builder.base_path or "")
    if "://" not in address:
        return
    folder = RemoteFolder(address)
    _check_one_kind(
        settings,
        [str(file) for files in _data_files(builder).values() for file in files],
        folder.paths(),
        columns=lambda name: folder.columns(name, suffixes=HUB),
        card=folder.text("README.md"),
        way_out="download it, and list those that are meant as files",
    )


def _check_one_kind(
    settings: CorpusSettings,
    taken: list[str],
    there: Iterable[str],
    *,
    columns: Callable[[str], list[str]],
    card: str,
    way_out: str,
) -> None:
    """Check that no table of another kind than ``taken`` is ``there``, which ``datasets`` leaves out unsaid.

    It takes the kind of which there are the most files. A file without the columns that are asked for, such as a
    list of labels, is no part of the data; and where the ``card`` names the files of its configs, others are left out
    on purpose.

    Raises
    ------
    DataError
        For such a table, with both kinds.
    """
    kinds = {_kind(path) for path in taken}
    if not taken or _names_files(card):
        return
    others = (path for path in there if kind_of(Path(path), HUB) and _kind(path) not in kinds)
    for path in islice(others, _LOOKED_AT):
        if _has_columns(columns, path, settings):
            raise DataError(
                f"{settings.hub}: holds tables of two kinds, such as {Path(taken[0]).name} and {Path(path).name}, of"
                f" which the library datasets reads one: {way_out}"
            )


def _names_files(card: str) -> bool:
    """Whether a card names the files of its configs."""
    return bool(card and DatasetCard(card, ignore_metadata_errors=True).data.get("configs"))


def _kind(path: str) -> str:
    return kind_of(Path(path), HUB) or suffix_of(path)


def _has_columns(columns: Callable[[str], list[str]], path: str, settings: CorpusSettings) -> bool:
    try:
        return set(wanted(settings.columns).values()) <= set(columns(path))
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
    if Path(name).is_dir():
        if "scripts are no longer supported" in str(error):
            return f"{name}: holds a script of its own name, which is not run: move it out of the folder"
        if isinstance(error, yaml.YAMLError):
            return f"{name}: the lines between --- in its README.md are no valid YAML ({reason}); mend or drop them"
        return f"{text}; correct config and split of the corpus in config, or list its files as files"
    if "script" in str(error).lower():
        return f"{text}; give a revision that holds data files, such as refs/convert/parquet: code of it is not run"
    is_set = any(os.environ.get(each, "0") not in ("", "0") for each in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"))
    offline = " (HF_HUB_OFFLINE or HF_DATASETS_OFFLINE is set)" if is_set else ""
    return (
        f"{text}; correct hub, config, revision and split of the corpus in config, or{offline} download it where the"
        " hub can be reached and give its folder as hub, or its files as files"
    )
