"""Docstrings as the site shows them: an extension of griffe, which reads them for scripts/build_site.py.

Doctests get the heading of numpydoc's section Examples, without which they would be taken for quotations, and roles of
Sphinx, such as :func:`name`, become code.
"""

import re
from typing import Any

from griffe import Extension, Object

_ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):`~?\.*([^`]+)`")
_DOCTEST = re.compile(r"^>>> ", re.MULTILINE)


class Docstrings(Extension):
    """Rewrite each docstring as it is read."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Called once for every module, class, function and attribute."""
        if obj.docstring is not None:
            obj.docstring.value = shown(obj.docstring.value)


def shown(text: str) -> str:
    """A docstring with what griffe and Markdown understand.

    >>> print(shown("As :func:`~.models.fit`.\\n\\n>>> 1 + 1\\n2"))
    As `models.fit`.
    <BLANKLINE>
    Examples
    --------
    >>> 1 + 1
    2
    """
    text = _ROLE.sub(r"`\1`", text)
    if "\nExamples\n---" in text:
        return text
    return _DOCTEST.sub("Examples\n--------\n>>> ", text, count=1)
