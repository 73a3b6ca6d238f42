"""Comparisons of a claim as its verdict's words tell them: the unit of the one that is shown, and how many hold.

A claim of several comparisons is shown by the least favourable of them, whose unit may be another than that of the
claim's limit: points, where the limit is of a correlation.
"""

import re
from collections.abc import Mapping
from typing import Any

_LEAST = re.compile(r"least favourable of (\d+): (.*)")
_NAMED = re.compile(r"\((hundredths of a bit)\)$")  # a unit that a kept part's name has
_PREMISE = re.compile(r"premise: (.*)")
# the number of a part as analysis.verdict.phrase writes it: its unit, and its interval or why there is none
_NUMBER = r": [+−]?[\d.]+(?: (?P<unit>[^\W\d][^\[\]();:]*?))? (?:\[|\((?:one seed, )?no interval\))"
_COUNTS = re.compile(
    r"Of (\d+) comparisons? (\d+) holds?(?:, (\d+) (?:is|are) equal within delta)?, (\d+) fails? and (\d+) cannot"
)


def unit_shown(verdict: Mapping[str, Any], unit: str) -> str:
    """The unit of the number that a verdict shows; ``unit`` is that of the claim's limit.

    A unit of the limit that says more stays: ROUGE-1 points for points.
    """
    shown, told = str(verdict["statistic"]), str(verdict["explanation"])
    least = _LEAST.search(shown) or _PREMISE.search(shown)
    if least and (named := _NAMED.search(least[0])):
        return named[1]
    label = re.escape(least[least.lastindex or 1]) if least else "Measured: [^;]*?"
    found = re.search(label + _NUMBER, told)
    if found is None:
        return "" if least else unit
    own = found["unit"] or ""
    return unit if own in unit.split() or (not own and unit == "ratio") else own


def part_shown(verdict: Mapping[str, Any]) -> tuple[int, str]:
    """How many comparisons a verdict rests on, and the one that it shows; 1 and no name where it has one alone."""
    found = _LEAST.search(str(verdict["statistic"]))
    return (int(found[1]), found[2]) if found else (1, "")


def outcomes(verdict: Mapping[str, Any]) -> tuple[int, int] | None:
    """How many comparisons hold, of how many; None where the words do not count them."""
    counts = [[int(count or 0) for count in found] for found in _COUNTS.findall(str(verdict["explanation"]))]
    return (sum(held + alike for _, held, alike, *_ in counts), sum(row[0] for row in counts)) if counts else None


def is_mixed(verdict: Mapping[str, Any]) -> bool:
    """Whether a claim fails in some comparisons and holds in others."""
    counted = outcomes(verdict)
    return verdict["verdict"] == "contradicted" and counted is not None and counted[0] > 0
