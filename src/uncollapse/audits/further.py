"""How many more labels decide an audit, and of which candidates, if precisions are what they look like so far."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from uncollapse.audits.intervals import Verdict
from uncollapse.errors import DataError
from uncollapse.proxy.decision import GO, GO_BUT, NO_GO
from uncollapse.proxy.fixed_sequence import labels_that_can_pass
from uncollapse.proxy.plan import labels_for_precision, plan

POWER = 0.8


@dataclass(frozen=True)
class Further:
    """Labels to add, of kept and of dropped candidates, and what they would show; both 0 where none would.

    sentence : all of it in words
    """

    kept: int
    dropped: int
    sentence: str

    @property
    def total(self) -> int:
        """Labels to add in all."""
        return self.kept + self.dropped


def further(word: str, kept: Verdict, dropped: Verdict, *, least: float, power: float = POWER) -> Further:
    """Labels that decide, with this chance.

    Counts are those of :mod:`uncollapse.proxy.plan` at the precisions found so far, less the labels there are. Where
    these are still open (no labels, or all alike) the number is that with which anything can be told at all.
    """
    if word in (GO, GO_BUT, NO_GO):
        return Further(0, 0, "It is decided: no more labels are needed.")
    if not kept.population or not dropped.population:
        return Further(0, 0, "No labels decide on a selection that keeps everything or nothing.")
    few = labels_that_can_pass(least)
    if kept.labels < few or not dropped.labels:
        return _told(_more(few * 2, kept), _more(few, dropped), kept, dropped, "are the least that tells anything")
    found, rest = kept.precision, dropped.precision
    looks = f"if {found:.2f} of what is kept and {rest:.2f} of what is dropped are right, as it looks,"
    try:
        if found > least and found > rest:
            wanted = plan(min(found, 0.999), least=least, power=power, dropped_precision=max(rest, 0.001))
            assert wanted.kept is not None
            assert wanted.dropped is not None
            goal = f"decide with a chance of {power:.0%} that it is a GO, {looks[:-1]}"
            return _told(_more(wanted.kept, kept), _more(wanted.dropped, dropped), kept, dropped, goal)
        if found < least:
            enough = labels_for_precision(min(1 - found, 0.999), 1 - least, power=power)
            goal = f"decide with a chance of {power:.0%} that it is a NO-GO, {looks[:-1]}"
            return _told(_more(enough, kept), 0, kept, dropped, goal)
    except DataError:
        pass
    return Further(
        0, 0, f"No affordable number of labels decides it: {looks} that is too close to tell. Keep fewer candidates."
    )


def allocated(more: Further, strata: list[dict[str, Any]], labels: list[int]) -> list[tuple[str, int]]:
    """Strata in words, each with about how many of its candidates are labelled next."""
    found = []
    for verdict, total in (("kept", more.kept), ("dropped", more.dropped)):
        rest = [
            max(one["population"] - seen, 0) if one["verdict"] == verdict else 0
            for one, seen in zip(strata, labels, strict=True)
        ]
        shares = np.array(rest) / max(sum(rest), 1) * total
        for one, share in zip(strata, shares, strict=True):
            if one["verdict"] == verdict and share:
                where = "" if one["low"] is None else f", score {one['low']:g} to {one['high']:g}"
                found.append((f"{verdict}{where}", round(float(share))))
    return found


def _more(wanted: int, verdict: Verdict) -> int:
    return max(0, min(wanted, verdict.population) - verdict.labels)


def _told(more_kept: int, more_dropped: int, kept: Verdict, dropped: Verdict, goal: str) -> Further:
    if not more_kept + more_dropped:
        return Further(
            0, 0, "As many labels as would usually decide it are there already, or all candidates are labelled."
        )
    parts = [f"{more_kept:,} of kept" if more_kept else "", f"{more_dropped:,} of dropped" if more_dropped else ""]
    total = more_kept + more_dropped
    all_of_it = " (all that there are)" if kept.labels + more_kept == kept.population else ""
    return Further(
        more_kept,
        more_dropped,
        f"{total:,} more labels, {' and '.join(filter(None, parts))} candidates{all_of_it}, {goal}.",
    )
