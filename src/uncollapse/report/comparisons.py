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
_LISTED = re.compile(r"Measured: (.*?[\])])\.(?= |$)")
_INTERVAL = re.compile(r" \[([−\d.]+), ([−\d.]+)\](?=;|$)")
_LIMIT = re.compile(r"(?P<side>above|below) (?P<value>-?\d+(?:\.\d+)?)(?:%| percent| points?| nats)?(?: \([^;]*\))?")
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
    """How many comparisons hold, of how many; None where the words tell neither counts nor one limit for all."""
    counts = [[int(count or 0) for count in found] for found in _COUNTS.findall(str(verdict["explanation"]))]
    if counts:
        return sum(held + alike for _, held, alike, *_ in counts), sum(row[0] for row in counts)
    limit, listed = _LIMIT.fullmatch(str(verdict.get("limit") or "")), _LISTED.search(str(verdict["explanation"]))
    if limit is None or listed is None:
        return None
    sign = 1 if limit["side"] == "above" else -1
    intervals = [
        [sign * (_value(end) - _value(limit["value"])) for end in ends] for ends in _INTERVAL.findall(listed[1])
    ]
    if len(intervals) != part_shown(verdict)[0] or any(0 in ends for ends in intervals):
        return None  # an end that is rounded to the limit may lie on either side of it
    return sum(min(ends) > 0 for ends in intervals), len(intervals)


def _value(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-"))


def is_mixed(verdict: Mapping[str, Any]) -> bool:
    """Whether a claim fails in some comparisons and holds in others."""
    counted = outcomes(verdict)
    return verdict["verdict"] == "contradicted" and counted is not None and counted[0] > 0
