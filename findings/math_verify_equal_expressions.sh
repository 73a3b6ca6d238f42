#!/usr/bin/env bash
# math-verify 0.9.0 (latex2sympy2_extended 1.11.0), as a reward for answers in LaTeX: verify() is True for these pairs of a
# true answer and a candidate that are not equal. Each is what a model may well write; none is told by an exception.
#   chain         5 and "1=2=5": of a chain of equations only the last part is compared
#   case          x^2+1 and X^2+1: letters are compared without their case
#   base          101_2 (five) and 101: the subscript of a base is dropped
#   small         0.0000001 and 0.0000002: numbers are rounded to six decimals before they are compared
#   units         5 cm and 5 m: units are dropped, also where both name one and they differ
# Equal pairs (1/2 and 0.5) are True and plainly unequal ones (2 and 3) False, as they should be.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "math-verify==0.9.0" "latex2sympy2_extended==1.11.0" \
  "sympy==1.14.0" "antlr4-python3-runtime==4.13.2" 2>/dev/null
"$folder/venv/bin/python" - <<'P'
from math_verify import LatexExtractionConfig, parse, verify

found = {}
pairs = {
    "chain": ("5", "1=2=5"),
    "case": ("x^2+1", "X^2+1"),
    "base": ("101_2", "101"),
    "small": ("0.0000001", "0.0000002"),
    "units": (r"5\text{ cm}", r"5\text{ m}"),
    "equal": (r"\frac{1}{2}", "0.5"),
    "unequal": ("2", "3"),
}
for name, (true, candidate) in pairs.items():
    read = [parse(f"${text}$", [LatexExtractionConfig()]) for text in (true, candidate)]
    found[name] = verify(*read)
    print(f"{name:8} {true:16} {candidate:16} {found[name]}  parsed as {read[0][:1]} {read[1][:1]}")
assert found == {name: name != "unequal" for name in pairs}, found
P
