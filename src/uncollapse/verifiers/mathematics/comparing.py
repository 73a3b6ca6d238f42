r"""Whether an answer is the true one, by rules that say wrong where they cannot be sure.

A number that is asked for has to be given as a number: 5! or 2+3 are what was asked, and no answers to it.

>>> compare("0.5", r"\frac12"), compare("5", "x=5")[0], compare("120", "5!"), compare("(1,2)", r"\{1,2\}")
((True, 'equal'), True, (False, 'not worked out to a number'), (False, 'other brackets'))
"""

import re
from fractions import Fraction
from typing import Literal

from uncollapse.verifiers.mathematics.literal import is_fraction
from uncollapse.verifiers.mathematics.reading import Answer, is_word, normal, read, word
from uncollapse.verifiers.mathematics.symbols import UnreadableError, same_value

Percent = Literal["value", "ignored"]
_EQUALS = re.compile(r"(?<![<>!:=])=(?!=)")
_ALIKE = {",", "{}"}  # a bare list is a set, but for its repeats


def compare(true: str, given: str, *, percent: Percent = "value", tolerance: float = 0.0) -> tuple[bool | None, str]:
    """Whether an answer is right, and why; None where the true one cannot be read and the texts differ.

    Parameters
    ----------
    percent : "value" takes 50% for 0.5 and for nothing else, "ignored" for 50 and for nothing else.
    tolerance : the largest relative difference of two numbers that count as equal.
    """
    if normal(true) == normal(given):
        return True, "the same text"
    try:
        return _Comparison(percent, tolerance).of(read(true), read(given))
    except UnreadableError:
        return None, f"the true answer {true[:80]!r} cannot be read"
    except RecursionError:
        return False, "nested too deeply"


class _Comparison:
    def __init__(self, percent: Percent, tolerance: float) -> None:
        self.percent, self.tolerance = percent, tolerance

    def of(self, true: Answer, given: Answer) -> tuple[bool, str]:
        if is_word(true.text) and not true.brackets and true.value is None:
            return (word(true.text) == word(given.text), "words compared")
        if true.name and given.name and true.name != given.name:
            return False, "another variable"
        if true.brackets or given.brackets:
            return self._bracketed(true, given)
        if _EQUALS.search(true.text) or _EQUALS.search(given.text):
            return self._equations(true, given)
        return self._single(true, given)

    def _bracketed(self, true: Answer, given: Answer) -> tuple[bool, str]:
        kinds = {true.brackets, given.brackets}
        if len(kinds) > 1 and not (kinds <= _ALIKE):
            return False, "other brackets" if "" not in kinds else "one value against several"
        if "," in kinds and "{}" in kinds and self._repeats(given):
            return False, "a value stands twice"
        if true.brackets == "{}" and given.brackets == "{}":
            inside = all(any(self.of(one, other)[0] for other in true.items) for one in given.items)
            return inside and all(any(self.of(one, other)[0] for other in given.items) for one in true.items), "sets"
        if len(true.items) != len(given.items):
            return False, f"{len(given.items)} values instead of {len(true.items)}"
        if not kinds <= _ALIKE or _names_several(given) > _names_several(true):
            return all(self.of(one, other)[0] for one, other in zip(true.items, given.items, strict=True)), "in order"
        left = list(given.items)
        for one in true.items:
            found = next((place for place, other in enumerate(left) if self.of(one, other)[0]), None)
            if found is None:
                return False, "other values"
            left.pop(found)
        return True, "in any order"

    def _repeats(self, answer: Answer) -> bool:
        items = answer.items
        return any(self.of(one, other)[0] for place, one in enumerate(items) for other in items[:place])

    def _equations(self, true: Answer, given: Answer) -> tuple[bool, str]:
        if _EQUALS.search(true.text):
            if not _EQUALS.search(given.text) and not given.name:
                return False, "no equation"
            return self._by_symbols(_whole(true), _whole(given))
        parts = _EQUALS.split(given.text)
        if true.name and len(parts) == 2:
            return self._by_symbols(_whole(true), given.text)
        if read(f"{parts[0]}=0").name:  # x = 2 + 3 = 5
            parts = parts[1:]
        *before, last = map(read, parts)
        is_right, why = self._single(true, last)
        if is_right and not all(self._by_symbols(true.text, one.text)[0] for one in before):
            return False, "a chain of equations that does not hold"
        return is_right, why

    def _single(self, true: Answer, given: Answer) -> tuple[bool, str]:
        expected, found = self._number(true), self._number(given)
        units = true.unit, given.unit
        if self.percent == "value" and "%" in units:
            units = tuple("" if unit == "%" else unit for unit in units)  # type: ignore[assignment]
        elif self.percent == "ignored":
            units = tuple(unit.replace("%", "") for unit in units)  # type: ignore[assignment]
        if all(units) and units[0] != units[1]:
            return False, f"in {units[1]} instead of {units[0]}"
        if expected is not None and found is not None:
            if (
                expected.denominator == 1
                and found.denominator == 1
                and is_fraction(given.text) > is_fraction(true.text)
            ):
                return False, "not worked out to a whole number"
            return _near(expected, found, self.tolerance), "equal" if expected == found else "another number"
        if expected is not None:
            return False, "not worked out to a number"
        if given.unit and not true.unit and found is None:
            return False, "not the expression"
        return self._by_symbols(true.text, given.text)

    def _number(self, answer: Answer) -> Fraction | None:
        value = answer.value
        return value / 100 if value is not None and answer.unit == "%" and self.percent == "value" else value

    def _by_symbols(self, true: str, given: str) -> tuple[bool, str]:
        if not given:
            return False, "empty"
        equal = same_value(true, given, tolerance=self.tolerance)
        return equal, "equal" if equal else "another value"


def _names_several(answer: Answer) -> bool:
    """Whether items are values of several variables, whose order then counts beside bare values."""
    return len({item.name for item in answer.items}) > 1


def _whole(answer: Answer) -> str:
    return f"{answer.name}={answer.text}" if answer.name else answer.text


def _near(expected: Fraction, found: Fraction, tolerance: float) -> bool:
    return abs(expected - found) <= Fraction(tolerance) * abs(expected)
