"""Differences between how an artifact was made and how it would be made now, in words."""

import json
from collections.abc import Iterator
from typing import Any

from uncollapse.jobs.provenance import inputs_read
from uncollapse.planning.recipe import Recipe

_SHOWN = 60  # characters of a config value
_ABSENT = object()


def changes(record: dict[str, Any], recipe: Recipe) -> list[str]:
    """Differences between how an artifact was made and how it would be made now, content of inputs apart."""
    found = [] if record["stage"] == recipe.stage else [f"made by {record['stage']}, now by {recipe.stage}"]
    found += _code_changes(record["code"], recipe.code)
    found += _spec_changes(record["spec"], recipe)
    before = inputs_read(record).keys()
    after = {path for paths in recipe.inputs.values() for path in paths}
    found += [f"input {path} is new" for path in sorted(after - before)]
    found += [f"input {path} is no longer used" for path in sorted(before - after)]
    return found


def _code_changes(before: list[str], after: list[str]) -> Iterator[str]:
    for what, separator in (("module", "@"), ("library", "==")):
        old = dict(entry.split(separator) for entry in before if separator in entry)
        new = dict(entry.split(separator) for entry in after if separator in entry)
        for name in sorted(old.keys() | new.keys()):
            if name not in new:
                yield f"{what} {name} is no longer used"
            elif name not in old:
                yield f"{what} {name} is used now" + (f", in version {new[name]}" if what == "library" else "")
            elif old[name] != new[name]:
                yield f"library {name} {old[name]} -> {new[name]}" if what == "library" else f"module {name} was edited"


def _spec_changes(before: dict[str, Any], recipe: Recipe) -> Iterator[str]:
    old, new = _flat(before), _flat(recipe.spec)
    for key in sorted(old.keys() | new.keys()):
        if old.get(key, _ABSENT) == new.get(key, _ABSENT):
            continue
        name = recipe.key_of(key)
        if key not in new:
            yield f"config {name} was {short(old[key])} and is gone"
        elif key not in old:
            yield f"config {name} is new: {short(new[key])}"
        else:
            yield f"config {name} was {short(old[key])} and is {short(new[key])}"


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """Leaves of nested dictionaries by dotted key."""
    if not isinstance(value, dict) or (prefix and not value):
        return {prefix: value}
    return {
        key: leaf for name, part in value.items() for key, leaf in _flat(part, f"{prefix}.{name}".lstrip(".")).items()
    }


def short(value: Any) -> str:
    """A config value as JSON, cut where it is long."""
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
