"""Errors that pydantic finds in a config, in words: the file, the key and the fix."""

import datetime
import difflib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from uncollapse.config.sources import as_written, at, source
from uncollapse.settings.misfit import Misfit

_KEY = "[key]"  # pydantic's mark behind a key that is wrong itself
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NAMES = "names are of small letters, digits and _, at most 100, and begin with a letter"
_LISTED = 40


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
    location = _without_tags([str(part) for part in problem["loc"] if not _is_type_name(str(part))], merged)
    kind, given, context = problem["type"], problem.get("input"), problem.get("ctx", {})
    if isinstance(context.get("error"), Misfit):
        location += context["error"].key.split(".")
    if location[-1:] == [_KEY]:
        location, text = _of_name(location[:-2], given, files)
    elif kind == "extra_forbidden":
        text = f"unknown key; {_instead(location[-1], context.get('known', ()))}"
    elif kind == "missing":
        text = "missing; add it"
    elif kind == "union_tag_not_found":
        text = f"has no {context['discriminator']}, which says what it is; add it"
    elif kind == "union_tag_invalid":
        location = [*location, "kind"]
        text = f"{context['tag']!r} is none of {context['expected_tags']}; change it"
    elif kind == "value_error":
        text = str(context.get("error", problem["msg"]))
    elif kind == "string_type" and isinstance(given, (bool, int, float, datetime.date)):
        text = f"{problem['msg'].lower()}, got {given!r}; {_quoted(as_written(location, given, files))}"
    else:
        text = f"{problem['msg'].lower()}, got {given!r}; change it"
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


def _instead(key: str, known: Sequence[str]) -> str:
    """Advice on an unknown key, by those that a block has.

    >>> _instead("modle", ["kind", "model"]), _instead("x", ["kind"]), _instead("x", [])
    ("did you mean 'model'?", 'remove it; there are kind', 'remove it, or correct its spelling')
    """
    if near := difflib.get_close_matches(key, known, n=1):
        return f"did you mean {near[0]!r}?"
    if not known or len(known) > _LISTED:
        return "remove it, or correct its spelling"
    return f"remove it; there are {', '.join(known)}"


def _is_type_name(part: str) -> bool:
    """pydantic adds the branch of a union to the location; it is no key."""
    return part.startswith(("list[", "literal[", "function-", "constrained-"))


def _without_tags(location: list[str], merged: Any) -> list[str]:
    """Keys alone: pydantic puts the kind of a block that is one of several between the block's key and those within.

    >>> _without_tags(["schedule", "step", "step"], {"schedule": {"kind": "step", "step": 0}})
    ['schedule', 'step']
    """
    keys: list[str] = []
    tagged = False
    for place, part in enumerate(location):
        block = at(keys, merged)
        if not tagged and isinstance(block, dict) and block.get("kind") == part:
            # a key of that name has nothing within
            tagged = part not in block or (place + 1 < len(location) and not isinstance(block[part], dict))
            if tagged:
                continue
        keys.append(part)
        tagged = False
    return keys
