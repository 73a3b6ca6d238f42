"""Findings of verifiers in lines: counts of each, and why some candidates have no verdict."""

from collections.abc import Mapping

from uncollapse.statistics.counted import counted
from uncollapse.verification.counts import Count

_REASONS = 5  # shown of each verifier


def lines(counts: Mapping[str, Count], first: Mapping[str, Mapping[str, str]] | None = None) -> list[str]:
    """Lines on each verifier; ``first`` has words for the first candidate of each reason, by verifier.

    >>> found = Count()
    >>> for verdict in (True, True, False): found.add(verdict, False, "")
    >>> found.add(None, True, "ValueError: x")
    >>> print(*lines({"math": found}, {"math": {"ValueError: x": "id q7"}}), sep="\\n")
    math: 4 candidates, 2 accepted (50.0%), 1 rejected, 1 without a verdict (25.0%)
        1: ValueError: x (first: id q7)
    """
    out = []
    for name, count in counts.items():
        rows = (first or {}).get(name, {})
        told = [f"{name}: {counted(count.total, 'candidate')}"]
        if count.accepted or count.rejected:
            told.append(f"{count.accepted:,} accepted ({count.accepted / count.total:.1%})")
            told.append(f"{count.rejected:,} rejected")
        if count.ranked:
            told.append(f"{count.ranked:,} ranked")
        if count.failed:
            told.append(f"{count.failed:,} without a verdict ({count.failed / count.total:.1%})")
        out.append(", ".join(told))
        for reason, times in count.reasons.most_common(_REASONS):
            out.append(f"    {times:,}: {reason}" + (f" (first: {rows[reason]})" if reason in rows else ""))
        if len(count.reasons) > _REASONS:
            out.append(f"    and {len(count.reasons) - _REASONS:,} more reasons")
    return out
