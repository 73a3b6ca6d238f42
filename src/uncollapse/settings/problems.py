"""Problems that pydantic finds in a block of config, in words: the key below the block, what is wrong, and the fix."""

import difflib
from collections.abc import Sequence
from typing import Any

from uncollapse.settings.misfit import Misfit
from uncollapse.settings.nested import at

_LISTED = 40


def location_of(problem: Any, block: Any) -> list[str]:
    """Keys that lead to what a problem is about, in the block that was validated."""
    location = _without_tags([str(part) for part in problem["loc"] if not _is_type_name(str(part))], block)
    error = problem.get("ctx", {}).get("error")
    if isinstance(error, Misfit):
        location += error.key.split(".")
    return [*location, "kind"] if problem["type"] == "union_tag_invalid" else location


def words_of(problem: Any, location: Sequence[str]) -> str:
    """Words on what is wrong at a location, and what to do."""
    kind, given, context = problem["type"], problem.get("input"), problem.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key; {_instead(location[-1], context.get('known', ()))}"
    if kind == "missing":
        return "missing; add it"
    if kind == "union_tag_not_found":
        return f"has no {context['discriminator']}, which says what it is; add it"
    if kind == "union_tag_invalid":
        return f"{context['tag']!r} is none of {context['expected_tags']}; change it"
    if kind == "value_error":
        return str(context.get("error", problem["msg"]))
    return f"{problem['msg'].lower()}, got {given!r}; change it"


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


def _without_tags(location: list[str], block: Any) -> list[str]:
    """Keys alone: pydantic puts the kind of a block that is one of several between the block's key and those within.

    >>> _without_tags(["schedule", "step", "step"], {"schedule": {"kind": "step", "step": 0}})
    ['schedule', 'step']
    """
    keys: list[str] = []
    tagged = False
    for place, part in enumerate(location):
        within = at(keys, block)
        if not tagged and isinstance(within, dict) and within.get("kind") == part:
            # a key of that name has nothing within
            tagged = part not in within or (place + 1 < len(location) and not isinstance(within[part], dict))
            if tagged:
                continue
        keys.append(part)
        tagged = False
    return keys
