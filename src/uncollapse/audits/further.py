"""How many more labels decide an audit, and of which candidates, if precisions are what they look like so far."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from uncollapse.audits.intervals import Verdict, verdict_interval
from uncollapse.audits.strata import named
from uncollapse.errors import DataError
from uncollapse.proxy.decision import GO, GO_BUT, NO_GO
from uncollapse.proxy.fixed_sequence import labels_that_can_pass
from uncollapse.proxy.plan import labels_for_precision, plan
from uncollapse.statistics.counted import counted

POWER = 0.8
_SURE = 0.999  # a precision of one would take no labels at all


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
    if word == GO_BUT:
        return Further(0, 0, "Precision passes: it takes no further draw. What is behind each but is left to settle.")
    if word in (GO, NO_GO):
        return Further(0, 0, "It is decided: no more labels are needed.")
    if not kept.population or not dropped.population:
        return Further(0, 0, "No labels decide on a selection that keeps everything or nothing.")
    few = labels_that_can_pass(least)
    if kept.labels < few or not dropped.labels:
        return _told(_more(few * 2, kept), _more(few, dropped), kept, "are the least that tells anything")
    found, rest = kept.precision, dropped.precision
    wanted = wanted_labels(found, rest, least=least, power=power)
    if wanted is None:
        close = f"{found:.2f} of what is kept are right, as it looks: too close to {least:g} or to what is dropped"
        return Further(0, 0, f"No affordable number of labels decides it: {close}. Keep fewer candidates.")
    what = "a GO" if found > least else "a NO-GO"
    goal = f"decide with a chance of {power:.0%} that it is {what}, if precision is what it looks like ({found:.2f}"
    goal += f" of the kept, {rest:.2f} of the dropped)" if wanted[1] else " of the kept)"
    more = _told(_more(wanted[0], kept), _more(wanted[1], dropped), kept, goal)
    return Further(more.kept, more.dropped, more.sentence + _elsewhere(kept, rest, least=least, power=power))


def wanted_labels(found: float, rest: float, *, least: float, power: float = POWER) -> tuple[int, int] | None:
    """Labels of kept and of dropped candidates that decide at these precisions; None where no affordable number does.

    >>> wanted_labels(0.7, 0.4, least=0.5), wanted_labels(0.3, 0.4, least=0.5), wanted_labels(0.5, 0.4, least=0.5)
    ((65, 56), (49, 0), None)
    """
    try:
        if found > least and found > rest:
            goal = plan(min(found, _SURE), least=least, power=power, dropped_precision=max(rest, 1 - _SURE))
            assert goal.kept is not None
            assert goal.dropped is not None
            return goal.kept, goal.dropped
        if found < least:
            return labels_for_precision(min(1 - found, _SURE), 1 - least, power=power), 0
    except DataError:
        pass
    return None


def _elsewhere(kept: Verdict, rest: float, *, least: float, power: float) -> str:
    """Labels that it takes where precision lies at an end of its interval instead, in words."""
    told = []
    for end in verdict_interval(kept):
        if (wanted := wanted_labels(end, min(rest, end - 0.01), least=least, power=power)) is not None:
            total = max(_more(wanted[0], kept), 0)
            told.append(f"{total:,} more of the kept at {end:.2f}")
    return f" At the ends of its interval: {' and '.join(told)}." if told else ""


def allocated(more: Further, strata: list[dict[str, Any]], labels: list[int]) -> list[tuple[str, int]]:
    """Strata in words, each with about how many of its candidates are labelled next."""
    found = []
    for verdict, total in (("kept", more.kept), ("dropped", more.dropped)):
        some = [(one, seen) for one, seen in zip(strata, labels, strict=True) if one["verdict"] == verdict]
        rest = np.array([max(one["population"] - seen, 0) for one, seen in some])
        for (one, _), share in zip(some, rest / max(rest.sum(), 1) * total, strict=True):
            if share:
                found.append((named(verdict, one["low"], one["high"]), round(float(share))))
    return found


def _more(wanted: int, verdict: Verdict) -> int:
    return max(0, min(wanted, verdict.population) - verdict.labels)


def _told(more_kept: int, more_dropped: int, kept: Verdict, goal: str) -> Further:
    if not more_kept + more_dropped:
        return Further(
            0, 0, "As many labels as would usually decide it are there already, or all candidates are labelled."
        )
    parts = [f"{number:,} of {name}" for number, name in ((more_kept, "kept"), (more_dropped, "dropped")) if number]
    total = f"{counted(more_kept + more_dropped, 'more label')}, {' and '.join(parts)} candidates"
    every = " (all that there are)" if kept.labels + more_kept == kept.population else ""
    return Further(more_kept, more_dropped, f"{total}{every}, {goal}.")
