"""Formulas that tables of the papers' claims write in ASCII, set as MathML.

``sigma^2*phi/(1-phi)`` becomes a fraction with Greek letters and a raised 2; the prose around it stays as it is. A
run of text is a formula where the grammar below reads it and it has a Greek letter, a power, or an operator beside a
letter.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup, escape

_GREEK = {
    "alpha": "α", "beta": "β", "delta": "δ", "eta": "η", "theta": "θ", "lambda": "λ", "mu": "μ", "pi": "π", "phi": "φ",
    "psi": "ψ", "rho": "ρ", "sigma": "σ", "tau": "τ", "Phi": "Φ",
}  # fmt: skip
_FUNCTIONS = {"sqrt", "max", "min", "tr", "E", "sup"}
_NAMES = {"SNR", "constant"}
_RELATIONS = {"=": "=", "<": "<", ">": ">", "<=": "≤", ">=": "≥"}
# a word with digits and letters after it, a number, an operator; p* is a name
_TOKEN = re.compile(r"\s*(p\*|[A-Za-z]+\d*(?:_\w+|(?!\w))|\d+(?:[.,]\d+)*|<=|>=|[-+*/^(),=<>])")
_TIMES = "<mo>\N{INVISIBLE TIMES}</mo>"


class _NoFormulaError(Exception):
    """The text from here on is not a formula."""


@dataclass(frozen=True)
class _Set:
    """A part as MathML, whether parentheses stand around it, and whether it shows that this is no prose."""

    code: str
    inner: str = ""
    telling: bool = False


def with_formulas(text: str) -> Markup:
    """Text as HTML with every formula in it as MathML.

    >>> print(with_formulas("at most i^2 & more"))
    at most <math><msup><mi>i</mi><mn>2</mn></msup></math> &amp; more
    >>> print(with_formulas("21.37, 22.31 at 0, 25%; a rise from A to B"))
    21.37, 22.31 at 0, 25%; a rise from A to B
    >>> print(with_formulas("2026-11-20, commit d44d502, before"))
    2026-11-20, commit d44d502, before
    """
    done, place, shown = Markup(""), 0, 0
    while place < len(text):
        starts = place == 0 or not (text[place - 1].isalnum() or text[place - 1] in "_.%*")
        found = _formula(text, place) if starts else None
        if found is None:
            place += 1
            continue
        code, end = found
        # the code is made of the names and signs above alone
        done += escape(text[shown:place]) + Markup(f"<math>{code}</math>")
        place = shown = end
    return done + escape(text[shown:])


def _formula(text: str, place: int) -> tuple[str, int] | None:
    if text[place].isspace():
        return None
    reader = _Reader(text, place)
    try:
        read = reader.relation()
    except _NoFormulaError:
        return None
    broken = reader.place < len(text) and (text[reader.place].isalnum() or text[reader.place] == "%")
    return (read.code, reader.place) if read.telling and not broken else None


class _Reader:
    """A reader of one formula by recursive descent; ``place`` is after what was read so far."""

    def __init__(self, text: str, place: int) -> None:
        self.text, self.place = text, place

    def _next(self) -> str:
        found = _TOKEN.match(self.text, self.place)
        return found[1] if found else ""

    def _take(self) -> str:
        found = _TOKEN.match(self.text, self.place)
        if found is None:
            raise _NoFormulaError
        self.place = found.end()
        return found[1]

    def relation(self) -> _Set:
        """Sums with signs of comparison between them."""
        return self._chain(self._sum, _RELATIONS, telling=True)

    def _sum(self) -> _Set:
        return self._chain(self._product, {"+": "+", "-": "\N{MINUS SIGN}"}, telling=False)

    def _chain(self, part: Callable[[], _Set], signs: dict[str, str], *, telling: bool) -> _Set:
        first = part()
        code, tells, alone = first.code, first.telling, True
        while (sign := self._next()) in signs:
            before = self.place
            self._take()
            try:
                right = part()
            except _NoFormulaError:  # a dash or a sign of the prose
                self.place = before
                break
            letters = "<mi>" in code or "<mi>" in right.code
            code, alone = f"{code}<mo>{escape(signs[sign])}</mo>{right.code}", False
            tells = tells or right.telling or (letters and (telling or "<mi>" in right.code))
        return first if alone else _Set(code, telling=tells)

    def _product(self) -> _Set:
        left = self._power()
        while True:
            sign, before = self._next(), self.place
            if sign in ("*", "/"):
                self._take()
            elif not (left.telling and self._follows(sign)):
                return left
            try:
                right = self._power()
            except _NoFormulaError:
                self.place = before
                return left
            if sign == "/":
                above, below = left.inner or left.code, right.inner or right.code
                tells = left.telling or right.telling or "<mi>" in left.code + right.code
                left = _Set(f"<mfrac>{_row(above)}{_row(below)}</mfrac>", telling=tells)
            else:
                tells = sign == "*" or left.telling or right.telling
                left = _Set(f"{left.code}{_TIMES}{right.code}", telling=tells)

    def _follows(self, token: str) -> bool:
        """Whether a token multiplies what stands before it without a sign: a symbol or a parenthesis, no word."""
        words = ("a", "A", "I", "p*", *_NAMES)
        return token == "(" or token in _FUNCTIONS or (_is_symbol(token) and token not in words)

    def _power(self) -> _Set:
        base = self._base()
        if self._next() != "^":
            return base
        self._take()
        raised = self._base()
        return _Set(f"<msup>{_row(base.code)}{_row(raised.inner or raised.code)}</msup>", telling=True)

    def _base(self) -> _Set:
        token = self._take()
        if token == "-":
            inner = self._power()
            return _Set(f"<mo>\N{MINUS SIGN}</mo>{inner.code}", telling=inner.telling)
        if token == "(":
            inside = [self.relation()]
            while self._next() == ",":
                self._take()
                inside.append(self.relation())
            if self._take() != ")":
                raise _NoFormulaError
            code = "<mo>,</mo>".join(part.code for part in inside)
            return _Set(f"<mo>(</mo>{code}<mo>)</mo>", inner=code, telling=any(part.telling for part in inside))
        if token in _FUNCTIONS:
            argument = self._power()
            if token == "sqrt":
                return _Set(f"<msqrt>{argument.inner or argument.code}</msqrt>", telling=True)
            return _Set(f"<mi>{token}</mi><mo>\N{FUNCTION APPLICATION}</mo>{argument.code}", telling=True)
        if token[0].isdigit():
            return _Set(f"<mn>{token.rstrip(',')}</mn>")
        if not _is_symbol(token):
            raise _NoFormulaError
        return _symbol(token)


def _is_symbol(token: str) -> bool:
    name = re.sub(r"[\d_].*", "", token)
    return token == "p*" or name in _GREEK or name in _NAMES or (len(name) == 1 and name.isalpha())


def _symbol(token: str) -> _Set:
    if token == "p*":
        return _Set("<msup><mi>p</mi><mo>*</mo></msup>", telling=True)
    name, below = re.fullmatch(r"([A-Za-z]+?)_?(\d*|(?<=_)\w+)", token).groups()  # type: ignore[union-attr]
    code = f"<mi>{_GREEK.get(name, name)}</mi>"
    kind = "mn" if below.isdigit() else "mi"
    code = f"<msub>{code}<{kind}>{below}</{kind}></msub>" if below else code
    return _Set(code, telling=name in _GREEK or bool(below))


def _row(code: str) -> str:
    """The code as one element, as fractions and powers want their parts."""
    return code if re.fullmatch(r"<(m\w+)>[^<]*</\1>", code) else f"<mrow>{code}</mrow>"
