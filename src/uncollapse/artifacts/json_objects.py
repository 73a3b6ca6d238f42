"""Objects of JSON whose names are different; parsers take the last of two and say nothing."""

from typing import Any


def of_different_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these names and values, for ``object_pairs_hook`` of :mod:`json`.

    Raises
    ------
    ValueError
        Naming the first name that is there twice.
    """
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {next(name for name in names if names.count(name) > 1)!r} is there twice")
    return found
