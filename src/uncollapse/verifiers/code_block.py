"""Blocks of code between fences in a text."""

import re

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*$", re.MULTILINE)


def last_block(text: str, languages: tuple[str, ...] = ()) -> str | None:
    r"""Content of the last closed block, of one of the languages where any block is; None where there is none.

    >>> last_block("Look:\n```python\nx = 1\n```\nDone.")
    'x = 1\n'
    >>> last_block("```\ncut off")
    """
    blocks: list[tuple[str, str]] = []
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence
        elif fence[1].startswith(opened[1]) and not fence[2]:
            blocks.append((opened[2].lower(), text[opened.end() + 1 : fence.start()]))
            opened = None
    named = [content for language, content in blocks if language in languages]
    return named[-1] if named else blocks[-1][1] if blocks else None
