"""Expressions, equations, intervals and matrices compared by math-verify, with what it lets pass in vain held back.

math-verify 0.9.0 takes a chain of equations for its last part, rounds to six decimals, reads words as products of their
letters, X for x, and drops the base of a number. What reaches it here is none
of these; numbers are looked at again.
"""

import re
from typing import Any

_BASE = re.compile(r"\d\s*_")
_DIGITS = 30  # of numbers that are looked at again
_ROUNDING = 1e-13  # relative, of decimals that sympy keeps in 15 digits


class UnreadableError(ValueError):
    """A true answer that cannot be read as mathematics."""


def same_value(true: str, given: str, *, tolerance: float = 0.0) -> bool:
    """Whether two expressions, equations, intervals or matrices in LaTeX are equal.

    Raises
    ------
    UnreadableError
        Where the true one cannot be read.
    """
    from math_verify import verify

    expected = _parsed(true)
    if expected is None:
        raise UnreadableError(true)
    if _BASE.search(true) or _BASE.search(given) or _is_matrix(true) != _is_matrix(given):
        return False
    if _capitals(true) != _capitals(given):
        return False
    found = _parsed(given)
    if found is None or _undefined(expected) or _undefined(found):
        return False
    if _names(expected) != _names(found):
        return False
    difference = _difference(expected, found)
    if difference is not None:
        return difference <= max(tolerance, _ROUNDING)
    return bool(verify([expected], [found], float_rounding=12, strict=True, timeout_seconds=None))


def _parsed(text: str) -> Any:
    """The sympy object that a text stands for, or None; a text within it is no mathematics.

    Only LaTeX is read: math-verify's reader of plain expressions evaluates them as Python.
    """
    from math_verify import LatexExtractionConfig, parse

    found = parse(f"${text}$", [LatexExtractionConfig()], fallback_mode="no_fallback", parsing_timeout=None)
    return found[0] if found and not isinstance(found[0], str) and "\\text" not in text else None


def _undefined(found: Any) -> bool:
    import sympy

    return bool(getattr(found, "has", None)) and found.has(sympy.zoo, sympy.nan)


def _names(found: Any) -> set[str]:
    return {str(symbol) for symbol in getattr(found, "free_symbols", ())}


def _capitals(text: str) -> set[str]:
    """Capital letters that are variables; math-verify takes X for x."""
    return set(re.findall(r"[A-Z]", re.sub(r"\\[A-Za-z]+", "", text)))


def _is_matrix(text: str) -> bool:
    return "\\begin" in text


def _difference(expected: Any, found: Any) -> float | None:
    """Relative difference of two numbers, None of anything else."""
    import sympy

    if not all(isinstance(one, sympy.Expr) and one.is_number for one in (expected, found)):
        return None
    if expected.has(sympy.oo, -sympy.oo) or found.has(sympy.oo, -sympy.oo):
        return None
    try:
        apart, size = (abs(complex(sympy.N(one, _DIGITS))) for one in (expected - found, expected))
    except (TypeError, ValueError, OverflowError):
        return None
    return apart / size if size else apart
