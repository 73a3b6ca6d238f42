"""Units behind and before a number: told apart from algebra, and named in one way.

>>> split_unit("50 cm"), split_unit(r"50\\text{ cm}^2"), split_unit("50%"), split_unit("$5"), split_unit("5 apples")
(('50', 'cm'), ('50', 'cm^2'), ('50', '%'), ('5', '$'), ('5', 'apple'))
>>> split_unit("5x"), split_unit("5 x")
(('5x', ''), ('5 x', ''))
"""

import re

_SAME = {
    "$": "dollar usd",
    "€": "euro eur",
    "£": "pound gbp",
    "%": "percent per_cent",
    "°": "degree deg",
    "cent": "¢",
    "mm": "millimeter millimetre",
    "cm": "centimeter centimetre",
    "m": "meter metre",
    "km": "kilometer kilometre",
    "in": "inch inche",
    "ft": "foot feet",
    "mi": "mile",
    "g": "gram",
    "kg": "kilogram",
    "s": "second sec",
    "min": "minute",
    "h": "hour hr",
    "L": "liter litre",
}
_CALLED = {word: unit for unit, words in _SAME.items() for word in words.split()}
_NUMBER_END = r"(?P<number>.*[\d})])"
_TEXT = r"\\(?:text|mathrm|textrm|mbox|operatorname)\{\s*(?P<{0}>[^{{}}]*)\}}"
_BEHIND = [
    re.compile(rf"{_NUMBER_END}\s*(?P<unit>\\?%|°|€|£|¢|\\?\$)"),
    re.compile(rf"{_NUMBER_END}\s*\^\{{?(?:\\circ)\}}?\s*(?P<unit>[CF]?)(?P<degree>)"),
    re.compile(
        rf"{_NUMBER_END}\s*\\(?:text|mathrm|textrm|mbox|operatorname)\{{\s*(?P<unit>[^{{}}]*)\}}(?P<power>\^\{{?\d\}}?)?"
    ),
    re.compile(rf"{_NUMBER_END}\s*(?P<unit>[^\W\d_]{{2,}}(?:[ /][^\W\d_]+)*)(?P<power>\^\{{?\d\}}?)?"),
]
_BEFORE = re.compile(r"(?P<sign>[-+]?)\s*(?:\\?\$|(?P<unit>[€£]))\s*(?P<number>[-+\d.].*)")
_NO_UNITS = {"and", "or", "pi", "sin", "cos", "tan", "log", "ln", "exp", "mod", "if", "for", "sqrt", "to"}


def split_unit(text: str) -> tuple[str, str]:
    """The number, and its unit in one spelling; "" without one, and for a single letter, which may be a variable."""
    if match := _BEFORE.fullmatch(text):
        return match["sign"] + match["number"], match["unit"] or "$"
    for form in _BEHIND:
        if not (match := form.fullmatch(text)):
            continue
        parts = match.groupdict()
        if "degree" in parts:
            return match["number"], "°" + match["unit"]
        unit = _one_spelling(match["unit"])
        if not unit or set(re.findall(r"[^\W\d_]+", unit)) & _NO_UNITS:
            return text, ""
        power = (parts.get("power") or "").translate({ord("{"): None, ord("}"): None})
        return match["number"], unit + power
    return text, ""


def _one_spelling(unit: str) -> str:
    unit = unit.strip().rstrip(".").removeprefix("\\")
    words = []
    for word in unit.split():
        singular = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
        words.append(_CALLED.get(singular.lower(), _CALLED.get(singular, singular)))
    whole = " ".join(words)
    for name, power in (("square ", "^2"), ("sq ", "^2"), ("cubic ", "^3")):
        if whole.startswith(name):
            return whole.removeprefix(name) + power
    return whole
