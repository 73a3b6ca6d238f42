"""Errors that pydantic finds in a config, in words: the file, the key and the fix."""

import datetime
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from uncollapse.config.sources import as_written, source
from uncollapse.settings.problems import location_of, words_of

_KEY = "[key]"  # pydantic's mark behind a key that is wrong itself
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NAMES = "names are of small letters, digits and _, at most 100, and begin with a letter"


def but_within_wrong_names(problems: Iterable[Any]) -> list[Any]:
    """Problems without those of entries whose very name is wrong."""
    found = list(problems)
    wrong = [problem["loc"][:-1] for problem in found if problem["loc"][-1:] == (_KEY,)]
    return [
        problem
        for problem in found
        if problem["loc"][-1:] == (_KEY,) or all(problem["loc"][: len(each)] != each for each in wrong)
    ]


def explained(problem: Any, merged: Any, contents: Sequence[Any], files: Sequence[str | Path], *, beside: str) -> str:
    """One line on a problem: who sets the value, its key, what is wrong, and what to do.

    Parameters
    ----------
    contents, files : what each file holds.
    beside : what sets values apart from the files; empty where only files may have.
    """
    location, given = location_of(problem, merged), problem.get("input")
    if location[-1:] == [_KEY]:
        location, text = _of_name(location[:-2], given, files)
    elif problem["type"] == "string_type" and isinstance(given, (bool, int, float, datetime.date)):
        text = f"{problem['msg'].lower()}, got {given!r}; {_quoted(as_written(location, given, files))}"
    else:
        text = words_of(problem, location)
    key = ".".join(part if part.isprintable() and part.strip() else repr(part) for part in location) or "config"
    where = source(location, merged, contents, files, beside)
    return f"{where}: {key}: {text}" if where else f"{key}: {text}"


def _of_name(block: list[str], given: Any, files: Sequence[str | Path]) -> tuple[list[str], str]:
    """Place and words of an entry's name that is none, or that YAML does not take for text."""
    if isinstance(given, str):
        return [*block, given], f"no name; {_NAMES}"
    written = as_written(block, given, files, key=True)
    read = {bool: "a truth value", type(None): "nothing"}.get(type(given), "a number or date")
    name = written.lower()
    remedy = _quoted(name) if _NAME.fullmatch(name) else f"{_NAMES}; call it x{re.sub(r'[^a-z0-9]', '_', name)}"
    return [*block, written], f"a name that YAML reads as {read}; {remedy}"


def _quoted(written: str) -> str:
    return f'put it in quotes: "{written}"'
