"""Go or no go: what the tests of a selection amount to, in a word and a sentence.

GO takes two tests at an error of 2.5% each, both of which must pass: that kept precision is above the least that is
asked for, and that it is above that of what is dropped. Where the first is false or the second is, a GO is given in at
most 2.5% of audits (an intersection-union test; Berger 1982): no correction for their number is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from uncollapse.proxy.exact import ERROR, Gap
from uncollapse.proxy.fixed_sequence import labels_that_can_pass
from uncollapse.statistics.counted import counted

GO, GO_BUT, NO_GO, UNDECIDED = "GO", "GO-BUT", "NO-GO", "UNDECIDED"
BREAKDOWN = 0.5  # share of what is kept that has to be right, whatever is asked for
HOW_MANY = " (uncollapse proxy plan says how many)"
NOTHING_SELECTED, NOTHING_TO_SAY = "NOTHING SELECTED", "NOTHING TO SAY"


@dataclass(frozen=True)
class Decision:
    """A word, why, and what a GO must be warned of."""

    word: str
    sentence: str
    warnings: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The decision as it is printed."""
        return [f"{self.word}: {self.sentence}", *(f"  but {warning}" for warning in self.warnings)]


def decide(
    precision: Any,
    gap: Gap,
    *,
    least: float,
    kept: float,
    dropped: float,
    pool: Any,
    warnings: Sequence[str] = (),
    sweep_failed: bool = False,
) -> Decision:
    """Decision on a selection.

    Parameters
    ----------
    precision : of what is kept, a :class:`uncollapse.proxy.exact.Share` or one corrected for errors of labels
    gap : to the precision of what is dropped
    least : the precision that is asked for
    kept, dropped : candidates, labelled or not
    pool : the precision of all labelled candidates, as ``precision``
    warnings : what a GO has to say besides, which makes it a GO-BUT
    sweep_failed : whether this is the first of a sequence of thresholds, which did not pass
    """
    asked = "a half" if least == 0.5 else f"{least:g}"
    if not kept:
        return Decision(NO_GO, "nothing is kept.")
    if gap.known and pool.value in (0.0, 1.0):
        which = "correct" if pool.value else "wrong"
        return Decision(
            NOTHING_TO_SAY, f"all candidates with a label are {which}; p_* compares how many of both kinds are kept."
        )
    if not dropped:
        return _keep_all(precision, least, asked)
    if not precision.candidates:
        return Decision(UNDECIDED, f"no kept candidate has a label; label some of them{HOW_MANY}.")
    passes = precision.chance_of_at_most(least) <= ERROR
    lifts = gap.chance_of_at_most(0.0) <= ERROR
    if passes and lifts and not sweep_failed:
        why = f"more than {asked} of what is kept is right (p is below p_*), and more than of what is dropped."
        if least != 0.5:
            why = f"more than {asked} of what is kept is right, and more than of what is dropped."
        if least < BREAKDOWN and precision.chance_of_at_most(BREAKDOWN) > ERROR:
            half = f"it is of {asked}, as was asked: that more than a half of what is kept is right is not shown,"
            warnings = [*warnings, f"{half} and below that training breaks down in theory (p is above p_*)."]
        return Decision(GO_BUT, why, tuple(warnings)) if warnings else Decision(GO, why)
    if precision.interval().high < least:
        if least == 0.5:
            return Decision(NO_GO, "p is above p_*; most of what is kept is wrong, and a student would learn that.")
        return Decision(NO_GO, f"surely less than {asked} of what is kept is right.")
    if gap.known and gap.interval().high < 0:
        return Decision(NO_GO, "what is kept is right less often than what is dropped: the judge is upside down.")
    return _undecided(precision, gap, asked, passes=passes, lifts=lifts, least=least, sweep_failed=sweep_failed)


def _keep_all(precision: Any, least: float, asked: str) -> Decision:
    """Every candidate is kept, so that there is no selection to decide on."""
    if not precision.candidates:
        return Decision(NOTHING_SELECTED, "all candidates are kept, and none has a label.")
    if precision.chance_of_at_most(least) <= ERROR:
        what = f"the pool as it is passes: surely more than {asked} of it is right. That is the generator's doing;"
    elif precision.interval().high < least:
        what = f"the pool as it is does not pass: surely less than {asked} of it is right;"
    else:
        what = f"whether more than {asked} of the pool as it is is right cannot be told;"
    return Decision(
        NOTHING_SELECTED,
        f"all candidates are kept, so p_* is one half and the lift none; {what} no judge was put to use.",
    )


def _undecided(
    precision: Any, gap: Gap, asked: str, *, passes: bool, lifts: bool, least: float, sweep_failed: bool
) -> Decision:
    prompts = int(precision.prompts.sum())
    if prompts < labels_that_can_pass(least):
        return Decision(
            UNDECIDED,
            f"what is kept has labels of {counted(prompts, 'prompt')}, of which nothing can be told: it takes"
            f" {labels_that_can_pass(least)} at the least.",
        )
    if passes and not gap.known:
        return Decision(
            UNDECIDED,
            f"more than {asked} of what is kept is right, but no dropped candidate has a label, so that nothing says it"
            f" is more than of all; label some of the dropped{HOW_MANY}.",
        )
    if passes and not lifts:
        return Decision(
            UNDECIDED,
            f"more than {asked} of what is kept is right, but the lift over keeping all is not surely above zero: this"
            " judge cannot be told from one that keeps at random. Label more, of the dropped too, or keep fewer.",
        )
    if sweep_failed and passes and lifts:
        return Decision(UNDECIDED, "no threshold of the sequence passes.")
    if lifts:
        return Decision(
            UNDECIDED,
            f"it keeps right ones rather than wrong ones, but whether more than {asked} of what is kept is right is too"
            f" close to tell: label more kept candidates{HOW_MANY}, or keep fewer.",
        )
    return Decision(
        UNDECIDED,
        f"p and p_* are too close to tell apart; label more candidates{HOW_MANY}, or keep fewer.",
    )
