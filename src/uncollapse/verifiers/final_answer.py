r"""The final answer of a text: boxed, announced, the last number, or whatever an expression of the user's finds.

>>> final_answer(r"So 2 + 3 = \boxed{5}.", "boxed"), final_answer("It is 3, no: 1,250.", "last_number")
('5', '1,250')
>>> final_answer("A = 4\n#### 4", "auto"), final_answer("x", "last_number") is None
('4', True)
"""

import re
from typing import Literal

Where = Literal["auto", "boxed", "last_number", "whole"]

LONGEST = 2000  # characters of an answer; what is longer is no answer
_TAIL = 100_000  # characters at a text's end that are looked at
_LONGEST_SAID = 4  # words of an answer that is announced and no formula

_BOX = re.compile(r"\\f?boxed\s*(?=\{)")
_ANNOUNCED = re.compile(  # repeats are bounded: a text of nothing but spaces must not take for ever
    r"<answer>(?P<tag>(?:(?!</?answer>).){0,2000})</answer>"
    r"|####[ \t]*(?P<hash>[^\n]+)"
    r"|\b(?<!</)(?:final )?answer(?: is)?[*_\s]{0,20}[:=]?\s{0,20}(?P<said>[^\s:=>][^\n]*)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?%?(?:/\d+)?")
_BETWEEN = re.compile(
    r"[\s$,;.]*(?:(?:and|or)[\s$,]*)?(?:\\text\{\s*(?:and|or)\s*\}[\s$]*)?(?:[A-Za-z](?:_\{?\d\}?)?\s*=[\s$]*)?"
)


def final_answer(text: str, where: Where) -> str | None:
    """The answer, without space around it; None where there is none, or it is cut off.

    ``auto`` takes what is boxed; else what follows the last ``####`` or "answer is"; else the last number. Of a text
    with a part for thinking (``<think>`` to ``</think>``), what comes after that part counts.
    """
    text = _spoken(text)[-_TAIL:]
    if where == "whole":
        found: str | None = text
    elif where == "last_number":
        found = _last_number(text)
    else:
        found, unfinished = boxed(text)
        if found is None and where == "auto" and not unfinished:
            found = _announced(text) or _last_number(text)
    found = found.strip() if found is not None else None
    return found if found and len(found) <= LONGEST else None


def true_answer(text: str) -> str:
    r"""The final answer of a worked solution, which data sets often have as the true one; any other text is itself.

    >>> true_answer("3 * 4 = <<3*4=12>>12\n#### 12"), true_answer(r"So \boxed{x}."), true_answer("12")
    ('12', 'x', '12')
    """
    found, _ = boxed(text)
    if found is None and "####" in text:
        found = text.rpartition("####")[2]
    return text if found is None else found.strip()


def boxed(text: str) -> tuple[str | None, bool]:
    r"""Content of the last ``\boxed{...}``, and whether the last one is unfinished, which makes the content None.

    Boxes with nothing but commas, "and", "or" or "x =" between them are one answer in several parts.

    >>> boxed(r"x = \boxed{1} or x = \boxed{2}")
    ('1, 2', False)
    >>> boxed(r"\boxed{1}, no: \boxed{\frac{1}{2}}"), boxed(r"\boxed{\frac{1}{2}")
    (('\\frac{1}{2}', False), (None, True))
    """
    parts: list[str] = []
    end = 0
    unfinished = False
    for match in _BOX.finditer(text):
        if match.start() < end:
            continue  # a box within a box
        closing = _closing(text, match.end())
        if closing is None:
            unfinished = True
            break
        if not (parts and _BETWEEN.fullmatch(text[end : match.start()])):
            parts = []
        parts.append(text[match.end() + 1 : closing])
        end = closing + 1
    if unfinished or not parts:
        return None, unfinished
    return ", ".join(parts) if len(set(parts)) > 1 else parts[-1], False


def _closing(text: str, opening: int) -> int | None:
    """Place of the brace that closes the one at ``opening``; braces after a backslash are signs of the answer."""
    depth, place = 0, opening
    while place < len(text):
        if text[place] == "\\":
            place += 2
            continue
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
        place += 1
    return None


def _spoken(text: str) -> str:
    """A text after the part for thinking; nothing where that part is not closed."""
    _, closing, after = text.rpartition("</think>")
    return after if closing else "" if "<think>" in text else text


def _announced(text: str) -> str | None:
    found = None
    for match in _ANNOUNCED.finditer(text):
        found = match
    if found is None:
        return None
    said = (found["tag"] or found["hash"] or found["said"] or "").replace("**", "").strip()
    if formula := re.search(r"\$([^$]+)\$|\\\((.+?)\\\)", said):
        return formula[1] or formula[2]
    if len(said.split()) > _LONGEST_SAID:  # a sentence goes on
        return _last_number(said)
    return said.rstrip(".") or None


def _last_number(text: str) -> str | None:
    found = None
    for found in _NUMBER.finditer(text):  # noqa: B007
        pass
    return None if found is None else found[0]
