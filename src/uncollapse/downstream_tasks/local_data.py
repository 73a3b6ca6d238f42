"""Files of this machine that a task's definition names: what they hold is part of what a job reads."""

import functools
import glob
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from uncollapse.jobs.file_memory import Version, version_of
from uncollapse.settings.folder import files_in


def local_data(definition: str) -> list[str]:
    """Paths of the data files that a YAML definition names, as it names them, sorted; those of the hub are not here.

    A definition that is not there, or is no YAML, names none; the job that reads it says so.
    """
    try:
        texts = _named(definition, version_of(definition))
    except OSError:
        return []
    paths = [path for text in texts for path in (files_in(text) if os.path.isdir(text) else _matching(text))]
    return sorted(dict.fromkeys(paths))


@functools.cache
def _named(definition: str, _: Version) -> list[str]:
    """Files, folders and patterns that a definition names; a plan asks for those of each version many times."""
    try:
        found = yaml.safe_load(Path(definition).read_text(encoding="utf-8"))
    except (ValueError, yaml.YAMLError):
        return []
    if not isinstance(found, dict):
        return []
    given = found.get("dataset_kwargs")
    named = [found.get("dataset_path")]
    if isinstance(given, Mapping):
        named += [given.get("data_files"), given.get("data_dir")]
    return sorted(set(_texts(named)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _matching(pattern: str) -> list[str]:
    """The file of that name, brackets and all, or those that a pattern matches."""
    if os.path.isfile(pattern):
        return [pattern]
    return [path for path in glob.glob(pattern, recursive=True) if os.path.isfile(path)]
