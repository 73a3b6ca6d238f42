"""Regular expressions of a config, checked before any work."""

import re
from typing import Annotated

from pydantic import AfterValidator


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


def found_by(pattern: str, text: str) -> str | None:
    """The last match's first group, or whole match where there is no group; None without a match.

    >>> found_by(r"= (\\d+)", "a = 1, b = 22"), found_by(r"\\d+", "none")
    ('22', None)
    """
    found = None
    for found in re.finditer(pattern, text):  # noqa: B007
        pass
    if found is None:
        return None
    return (found[1] if found.re.groups else found[0]) or None
