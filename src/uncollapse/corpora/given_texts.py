"""Texts given from Python, with what would be misread refused: a string is a sequence of its letters, too."""

from collections.abc import Sequence
from typing import Any

from uncollapse.errors import DataError


def one_text(name: str, texts: Any) -> None:
    """Refuse one text where several are meant.

    Raises
    ------
    DataError
        For a string, whose letters would be taken for texts.
    """
    if isinstance(texts, str | bytes):
        raise DataError(f"{name} is one text, expected a sequence of texts: [{name}]")


def documents(name: str, parts: Sequence[Any], *, of: str) -> None:
    """Refuse texts where parts are meant that hold texts themselves.

    Raises
    ------
    DataError
        Where the whole, or its first part, is a text; ``of`` says what is expected.
    """
    if isinstance(parts, str | bytes) or (len(parts) and isinstance(parts[0], str | bytes)):
        raise DataError(f"{name} holds texts, expected {of}")
