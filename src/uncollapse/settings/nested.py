"""Values of nested blocks by the path of their key."""

from collections.abc import Sequence
from typing import Any

_ABSENT = object()


def at(path: Sequence[str], content: Any) -> Any:
    """Value of a key; None where there is none.

    >>> at(["a", "1"], {"a": [3, 4]}), at(["b"], {"a": 1})
    (4, None)
    """
    found = _at(path, content)
    return None if found is _ABSENT else found


def is_there(path: Sequence[str], content: Any) -> bool:
    """Whether there is such a key, whatever its value.

    >>> is_there(["a"], {"a": None}), is_there(["a", "b"], {"a": None})
    (True, False)
    """
    return _at(path, content) is not _ABSENT


def _at(path: Sequence[str], content: Any) -> Any:
    for part in path:
        if isinstance(content, dict):
            # names are told and compared as text; YAML has numbers as keys too
            content = {str(key): value for key, value in content.items()}.get(part, _ABSENT)
        elif isinstance(content, list) and part.isdigit() and int(part) < len(content):
            content = content[int(part)]
        else:
            return _ABSENT
    return content
