r"""An answer as its parts: brackets and what stands in them, or one number, expression, equation or word with its unit.

>>> read("x = 5"), read(r"\frac12").value, read("(1, 2)").brackets, [item.value for item in read("1 or 2").items]
(Answer(text='5', name='x', value=Fraction(5, 1)), Fraction(1, 2), '()', [Fraction(1, 1), Fraction(2, 1)])
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from uncollapse.verifiers.mathematics.literal import literal
from uncollapse.verifiers.mathematics.units import split_unit


@dataclass(frozen=True, repr=False)
class Answer:
    """An answer that is read.

    text : without name and unit, in normal LaTeX
    name : of the variable that it is assigned to, "" for none
    unit : in one spelling, "" for none
    value : of a number written out, None of anything else
    brackets : "()", "[]", "[)", "(]", "{}" of what they hold, "," of a bare list, ":" of a ratio or a time; "" of one
    items : within brackets
    """

    text: str
    name: str = ""
    unit: str = ""
    value: Fraction | None = None
    brackets: str = ""
    items: tuple["Answer", ...] = ()

    def __repr__(self) -> str:
        shown = [f"{key}={value!r}" for key, value in vars(self).items() if value not in ("", None, ())]
        return f"Answer({', '.join(shown)})"


_SPACES = re.compile(r"(?<!\\)\\[,;:! ]|\\q?quad\b|~|\s+")
_DROPPED = re.compile(r"\\(?:left|right|displaystyle|bigl|bigr|Bigl|Bigr|big|Big|limits|mathbf|boldsymbol)\b(?!\w)\.?")
_NAME = re.compile(r"(?:[A-Za-z]|\\[a-zA-Z]+)(?:_(?:\w|\{\w+\}))?'?(?:\([a-z]\))?")
_FRACTION = re.compile(r"\\[dtc]?frac\s*")
_BETWEEN = re.compile(r"\s*,?\s*\\text\{\s*(?:and|or)\s*\}\s*|,?\s+(?:and|or)\s+")
_WORD = re.compile(r"(?:[^\W\d_]{2,}|[^\W\d_]{1,}(?=[ -]))(?:[ -][^\W\d_]+)*")
_WRAPPED = re.compile(r"\\(?:boxed|text|mathrm|mathbf|textbf)\{([-+]?[\d.,/ ]+)\}|\*\*(.+)\*\*|\\boxed\{([^{}]*)\}")
_THOUSANDS = re.compile(r"(?<=\d)(?:,|\\,|\u202f|\u00a0)(?=\d{3}(?!\d))")
_COMMA = "\0"  # that of 1,000, while others get their space
_LONGEST_PRODUCT = 3  # letters; what is longer is a word, no product of variables


def normal(text: str) -> str:
    r"""LaTeX in one form: without dollars and spacing, digits in ASCII, ``\frac12`` as ``\frac{1}{2}``.

    >>> normal(r"$\left( \dfrac12,\; 1{,}000 \right)$."), normal("\u0665\u00bd"), normal("2\u00b2")
    ('(\\frac{1}{2}, 1,000)', '5\\frac{1}{2}', '2^{2}')
    """
    text = "".join(map(_in_ascii, text.replace("\0", " ").strip()))
    while match := _WRAPPED.fullmatch(text):
        text = (match[1] or match[2] or match[3] or "").strip()
    text = re.sub(r"\{,\}|,\\!", ",", text).replace("\\%", "%").replace("\\$", "$").replace("\\dots", "...")
    for opening, closing in (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$")):
        if text.startswith(opening) and text.rstrip(".").endswith(closing) and len(text) > len(opening) + 1:
            text = text.rstrip(".")[len(opening) : -len(closing)]
    text = _THOUSANDS.sub(_COMMA, _DROPPED.sub("", text))
    text = _SPACES.sub(" ", text).strip()
    text = re.sub(r"(?<=\d)\.$", "", text)
    text = re.sub(r"\s*([(){}\[\],=^_/])\s*", r"\1", text).replace(",", ", ").replace(_COMMA, ",")
    text = re.sub(r"\s*(\\times|\\cdot|\*|(?<=[\d}) ])[-+])\s*(?=[\d(\\{])", r"\1", text)
    return _whole_fractions(re.sub(r"^([-+]) +", r"\1", text))


def read(text: str) -> Answer:
    """An answer as its parts; brackets that do not close leave the text as it is."""
    text = normal(text)
    text = re.sub(r"\\(?:varnothing|emptyset)\b|\\\{ ?\\\}|∅", r"\\emptyset", text)
    text = _BETWEEN.sub(", ", text)
    name = ""
    if match := re.match(rf"({_NAME.pattern})(?:=|\s*\\in\b\s*)(?!.*=)", text):
        name, text = match[1], text[match.end() :].strip()
    if (brackets := _brackets(text)) is not None:
        opening = 2 if brackets == "{}" else 1
        inside = text[opening : len(text) - opening]
        inner = split(inside if ", " in inside else inside.replace(",", ", "))
        if len(inner) > 1 or brackets in ("{}",):
            return Answer(text, name, brackets=brackets, items=tuple(map(read, inner)))
    parts = split(text)
    if len(parts) > 1:
        return Answer(text, name, brackets=",", items=tuple(map(read, parts)))
    if text.startswith("\\pm") and "\\pm" not in text[1:]:
        return Answer(text, name, brackets=",", items=(read(text[3:]), read("-" + text[3:].strip())))
    if re.fullmatch(r"[\d.]+(?::[\d.]+)+", text):
        return Answer(text, name, brackets=":", items=tuple(map(read, text.split(":"))))
    number, unit = split_unit(text)
    value = literal(number)
    if unit and value is None and not re.search(r"\d", number):
        number, unit = text, ""
    return Answer(number.strip(), name, unit, value)


def split(text: str) -> list[str]:
    """Parts between commas that stand in no brackets and no matrix; the comma of 1,000 is none.

    >>> split(r"1, f(2, 3), 1,000"), split("")
    (['1', 'f(2, 3)', '1,000'], [])
    """
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        thousands = re.match(r",\d{3}(?!\d)", text[place:]) and place and text[place - 1].isdigit()
        if sign in ",;" and depth == 0 and not thousands and "\\begin" not in text[:place]:
            parts.append(text[start:place])
            start = place + 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]


def is_word(text: str) -> bool:
    r"""Whether an answer is a word, to be compared as text: ``\text{...}``, or more letters than a product has.

    >>> [is_word(text) for text in (r"\text{blue}", "blue", "(A)", "xy", r"\sqrt{x}")]
    [True, True, True, False, False]
    """
    if re.fullmatch(r"\\(?:text|mathrm|textbf|textit)\{[^{}]*\}|\(?[A-Z]\)?", text):
        return True
    return bool(_WORD.fullmatch(text)) and len(text) > _LONGEST_PRODUCT


def word(text: str) -> str:
    r"""A word without its wrapping, parentheses and capitals; a single letter keeps its case.

    >>> word(r"\text{(Blue)}")
    'blue'
    """
    text = re.sub(r"\\(?:text|mathrm|textbf|textit)\{([^{}]*)\}", r"\1", text)
    plain = " ".join(text.strip().strip("()").rstrip(".").split())
    return plain if len(plain) == 1 else plain.casefold()


def _brackets(text: str) -> str | None:
    r"""Kind of the brackets around a whole text: ``\{`` and ``\}`` are "{}"."""
    if text.startswith("\\{") and text.endswith("\\}"):
        return "{}"
    if len(text) < 2 or text[0] not in "([" or text[-1] not in ")]":
        return None
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if depth == 0 and place < len(text) - 1:
            return None
    return text[0] + text[-1]


def _in_ascii(sign: str) -> str:
    if sign.isascii():
        return sign
    if sign in "\u2212\u2012\u2013\ufe63\uff0d":
        return "-"
    if sign in "×⋅·∗√π∞≤≥÷°∪∈±":
        return {
            "×": "\\times ", "⋅": "\\cdot ", "·": "\\cdot ", "∗": "*", "√": "\\sqrt ", "π": "\\pi ", "∞": "\\infty ",
            "≤": "\\le ", "≥": "\\ge ", "÷": "/", "°": "°", "∪": "\\cup ", "∈": "\\in ", "±": "\\pm ",
        }[sign]  # fmt: skip
    digit = unicodedata.decimal(sign, None)
    if digit is not None:
        return str(digit)
    taken_apart = unicodedata.normalize("NFKC", sign)
    if "\u2044" in taken_apart and unicodedata.category(sign) == "No":  # one half
        top, _, bottom = taken_apart.partition("\u2044")
        return f"\\frac{{{top}}}{{{bottom}}}"
    if unicodedata.category(sign) == "No" and "SUPERSCRIPT" in unicodedata.name(sign, ""):
        return f"^{{{taken_apart}}}"
    return taken_apart if taken_apart in "()[]{},.=+%:/" else sign


def _whole_fractions(text: str) -> str:
    """Fractions with braces around top and bottom."""
    out, place = "", 0
    while match := _FRACTION.search(text, place):
        out += text[place : match.start()] + "\\frac"
        place = match.end()
        for _ in range(2):
            while place < len(text) and text[place] == " ":
                place += 1
            if place < len(text) and text[place].isalnum():
                out += "{" + text[place] + "}"
                place += 1
            elif place < len(text) and text[place] == "{":
                closing = text.find("}", place)
                depth = 0
                for closing in range(place, len(text)):
                    depth += (text[closing] == "{") - (text[closing] == "}")
                    if depth == 0:
                        break
                out += "{" + _whole_fractions(text[place + 1 : closing]) + text[closing]
                place = closing + 1
    return out + text[place:]
