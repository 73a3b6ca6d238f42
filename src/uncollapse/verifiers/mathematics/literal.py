r"""Numbers as they are written: whole, decimal, with commas, fractions, mixed, scientific, as exact fractions.

>>> [str(literal(text)) for text in ("1,250", "0.50", r"\frac{3}{6}", "1/3", r"1\frac{1}{2}", r"3\times10^{5}", "1e-7")]
['1250', '1/2', '1/2', '1/3', '3/2', '300000', '1/10000000']
>>> [literal(text) for text in ("1,25", "2+3", "5^2", "5!", "")]
[None, None, None, None, None]
"""

import re
from fractions import Fraction

_LARGEST_EXPONENT = 400  # beyond it a number is no answer, but a way to take all memory

_WHOLE = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
_DECIMAL = rf"(?:{_WHOLE}(?:\.\d+)?|\.\d+)"
_SIGN = r"(?P<sign>[-+]?)"
_FRACTION = rf"\\frac\{{(?P<top>[-+]?{_DECIMAL})\}}\{{(?P<bottom>[-+]?{_DECIMAL})\}}"
_FORMS = [
    re.compile(rf"{_SIGN}(?P<number>{_DECIMAL})(?:[eE](?P<e>[-+]?\d{{1,4}}))?"),
    re.compile(
        rf"{_SIGN}(?P<number>{_DECIMAL})(?:\\times|\\cdot|\*)10(?:\^|\*\*)(?:\{{(?P<e>[-+]?\d{{1,4}})\}}|(?P<e1>-?\d{{1,4}}))"
    ),
    re.compile(rf"{_SIGN}(?P<top>{_DECIMAL})/(?P<bottom>[-+]?{_DECIMAL})"),
    re.compile(rf"{_SIGN}(?:(?P<mixed>\d+) ?)?{_FRACTION}"),
    re.compile(rf"{_SIGN}(?P<mixed>\d+) (?P<top>\d+)/(?P<bottom>\d+)"),
]


def literal(text: str) -> Fraction | None:
    """Value of a number in a text as :func:`uncollapse.verifiers.mathematics.reading.normal` leaves it, or None."""
    text = text.strip()
    while (inner := _unwrapped(text)) is not None:
        text = inner.strip()
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _value(match.groupdict())
    return None


def is_fraction(text: str) -> bool:
    r"""Whether a number is written with a bar: 8/2 is one, as is \frac{1}{2}."""
    return "/" in text or "\\frac" in text


def _unwrapped(text: str) -> str | None:
    """Content of braces or parentheses around a whole text; a comma makes them more than brackets."""
    if len(text) < 3 or (text[0], text[-1]) not in (("{", "}"), ("(", ")")) or "," in text:
        return None
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "({") - (sign in ")}")
        if depth == 0 and place < len(text) - 1:
            return None
    return text[1:-1]


def _value(parts: dict[str, str | None]) -> Fraction | None:
    sign = -1 if parts.get("sign") == "-" else 1
    if parts.get("number"):
        exponent = int(parts.get("e") or parts.get("e1") or 0)
        if abs(exponent) > _LARGEST_EXPONENT:
            return None
        return sign * _plain(parts["number"]) * Fraction(10) ** exponent
    bottom = _plain(parts["bottom"])
    if not bottom:
        return None
    value = _plain(parts["top"]) / bottom
    if parts.get("mixed"):
        value = _plain(parts["mixed"]) + value if 0 <= value < 1 else None  # type: ignore[assignment]
        if value is None:
            return None
    return sign * value


def _plain(digits: str | None) -> Fraction:
    return Fraction((digits or "0").replace(",", ""))
