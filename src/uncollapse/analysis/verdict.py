"""Verdicts from intervals, by one rule for every claim.

A claim is a conjunction of parts; a part says that a quantity lies on one side of a limit. A part holds if the whole
95% interval lies on the claimed side, fails if the whole interval lies on the other side, and is open otherwise, also
when there is no interval. Where the claim's words say what counts as no difference, delta, a part that does not hold
and whose interval lies within delta of its limit is equal within delta. A claim is reproduced if every part holds,
contradicted if any part fails (one false part makes the statement false; not so where it says that there is one that
does it, of which only some were tried), equal within delta if no part is open and
some are equal, and inconclusive otherwise. A claim that supposes what our run does not have has its premise not met,
whatever its parts say, and is inconclusive where the run seems to have it and may not.

Where each limit comes from, when it was set, and whether results were known then, stands in
``workflow/reported/limits.csv``: some were set, or read anew, after results were known. A claim that was read in two
ways is judged by both.

With many parts, one of them may fail by chance (about 2.5% of the time each where the truth sits at the threshold);
the explanation names the parts that failed, so that a reader can tell one in fifteen from fifteen in fifteen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from uncollapse.analysis.formatting import number
from uncollapse.statistics.counted import counted
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import picked
from uncollapse.statistics.sampled import HOPELESS, Sampled, Source, counts, further_models

Verdict = Literal[
    "reproduced", "contradicted", "equal within delta", "inconclusive", "premise not met", "not run at this scale"
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
*_, PREMISE_NOT_MET, NOT_RUN = VERDICTS
LISTED = 6
PREMISE = "premise: "  # what a finding's statistic begins with where its number is that of the premise
_UNSIGNED = ("percent", "correlation", "ratio")
_JUST = "would just decide it if its value stayed"
_NONE_TRIED = "That none of those tried here does it refutes nothing of others."


@dataclass(frozen=True)
class Part:
    """``low_limit`` < quantity < ``high_limit``; an infinite limit makes it one-sided (default: above zero).

    ``unit``: points, percent, correlation, ratio, or what a loss is counted in, such as nats.

    ``delta``: how far from its limit a quantity is taken as equal to it, by the claim's words; 0 where they do not say.
    """

    label: str
    estimate: Estimate
    low_limit: float = 0.0
    high_limit: float = math.inf
    unit: str = "points"
    delta: float = 0.0

    @property
    def margin(self) -> float:
        """Distance of the interval inside the claimed side; negative where it sticks out; NaN without an interval."""
        return min(self.estimate.low - self.low_limit, self.high_limit - self.estimate.high)

    @property
    def verdict(self) -> Verdict:
        low, high = self.estimate.low, self.estimate.high
        if math.isnan(low) or math.isnan(high):
            return "inconclusive"
        if self.low_limit < low and high < self.high_limit:
            return "reproduced"
        if self.alike:
            return "equal within delta"
        false = high < self.low_limit or low > self.high_limit or (low == high and self.margin <= 0)
        return "contradicted" if false else "inconclusive"

    @property
    def alike(self) -> bool:
        """Whether the whole interval lies within delta of the limit, on either side of it."""
        return all(abs(end - self._nearest) < self.delta for end in (self.estimate.low, self.estimate.high))

    @property
    def _nearest(self) -> float:
        """The limit that the value is nearer to."""
        return min((self.low_limit, self.high_limit), key=lambda limit: abs(self.estimate.value - limit))

    @property
    def ratio(self) -> float:
        """Width of the interval over today's at which an open part would be decided, if its value stayed.

        Zero where the value lies on its limit; NaN without an interval.

        >>> Part("gain", Estimate(1.0, -1.0, 3.0)).ratio
        0.5
        """
        half, distance = (self.estimate.high - self.estimate.low) / 2, abs(self.estimate.value - self._nearest)
        return max(distance, self.delta - distance) / half if half > 0 else math.nan

    @property
    def wanted(self) -> dict[str, int] | None:
        """How many of each unit that the interval stands on would decide the part; None where none would.

        Empty where it is not known what the interval stands on.
        """
        sources = self.sources
        return counts(sources, self.ratio) if sources else {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the interval's width, where they are known."""
        return self.estimate.sources if isinstance(self.estimate, Sampled) else ()


@dataclass(frozen=True)
class Finding:
    """The answer of our run to one claim; ``value`` and its interval belong to ``statistic``.

    ``reading``: which of the claim's readings in ``limits.csv`` is judged, counted from 1; 0 is the last. ``needed``
    says what would decide an open claim, and ``models`` how many further models that takes.
    """

    id: str
    statistic: str
    value: float
    low: float
    high: float
    verdict: Verdict
    explanation: str
    reading: int = 0
    needed: str = ""
    models: int = 0


def combine(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict on a statement from those on its parts."""
    if not verdicts:
        return NOT_RUN
    for verdict in ("contradicted", PREMISE_NOT_MET, "inconclusive", NOT_RUN, "equal within delta"):
        if verdict in verdicts:
            return verdict
    return "reproduced"


def decide(*, supports: bool, refutes: bool) -> Verdict:
    """The verdict of a claim whose evidence may support it, refute it, or leave it open.

    >>> decide(supports=False, refutes=False)
    'inconclusive'
    """
    return "reproduced" if supports else ("contradicted" if refutes else "inconclusive")


def decisive(parts: Sequence[Part]) -> Part:
    """The part on which the verdict hangs: the one with the smallest margin, or the first without an interval."""
    return min(parts, key=lambda part: -math.inf if math.isnan(part.margin) else part.margin)


def best_of(every: Sequence[Part]) -> list[Part]:
    """The part with the highest lower end, with an interval that holds for all of them at once; none of none."""
    if not every:
        return []
    best = max(every, key=lambda part: part.estimate.low)
    return [replace(best, estimate=picked(best.estimate, among=len(every)))] if len(every) > 1 else [best]


def conclude(
    claim: str,
    statistic: str,
    parts: Sequence[Part],
    *,
    needs: str = "",
    opening: str = "",
    closing: str = "",
    premise: Part | None = None,
    reading: int = 0,
    some: bool = False,
) -> Finding:
    """Finding of a claim from its parts, reported at the decisive one.

    The explanation is ``opening``, the parts with their numbers (of many parts only the decisive one and those that do
    not hold), and ``closing``. Without parts the claim was not run, and what it ``needs`` is told instead. A
    ``premise`` is what the claim supposes of the run: unless it surely holds, it is what is reported, as open where its
    value is on the claimed side and as not met otherwise. ``some``: the claim is that there is one that does it, of
    which the parts are the best of those tried; that these fail leaves it open.
    """
    if not parts:
        text = needs or " ".join(filter(None, (opening, closing)))
        return replace(not_run(claim, statistic, text), reading=reading)
    least = decisive(parts)
    verdict = combine([part.verdict for part in parts])
    sentences = [opening, _account(parts, least), closing]
    if some and verdict == "contradicted":
        verdict = "inconclusive"
        sentences.insert(2, _NONE_TRIED)
    shown = statistic if len(parts) == 1 else f"{statistic}; least favourable of {len(parts)}: {least.label}"
    if premise is not None:
        sentences.insert(1, f"The claim supposes more than {number(premise.low_limit)}: {phrase(premise)}.")
    if premise is not None and premise.verdict != "reproduced":
        seems = premise.low_limit < premise.estimate.value < premise.high_limit
        verdict = "inconclusive" if seems else PREMISE_NOT_MET
        parts, least, shown = [premise], premise, f"{PREMISE}{premise.label}"
    estimate = least.estimate
    explanation = " ".join(sentence for sentence in sentences if sentence)
    needed, models = what_decides(parts) if verdict == "inconclusive" else ("", 0)
    return Finding(claim, shown, *estimate, verdict, explanation, reading, needed, models)


def what_decides(parts: Sequence[Part]) -> tuple[str, int]:
    """Sentence on what would just decide the open parts if values stayed, and how many further models it takes.

    With so many the interval would end at the limit, and of new ones the value hardly stays: in about every second
    repeat they do not suffice. What is told is the part that takes most; models are those of this comparison alone.
    """
    open_parts = [part for part in parts if part.verdict == "inconclusive"]
    unknown = [part.label for part in open_parts if math.isnan(part.ratio)]
    if unknown:
        return f"It takes replicates: there is no interval yet ({_listed(unknown)}).", 0
    hopeless = [part.label for part in open_parts if part.wanted is None or part.ratio < HOPELESS**-0.5]
    if hopeless:
        return f"More of the same would not decide it: the value lies too near its limit ({_listed(hopeless)}).", 0
    if not open_parts:
        return "", 0
    hardest = min(open_parts, key=lambda part: part.ratio)
    wanted = hardest.wanted
    if not wanted:
        return f"{hardest.ratio**-2:.1f} times as much text or trials as now {_JUST} ({hardest.label}).", 0
    now = {source.unit: source.count for source in reversed(hardest.sources)}
    listed = " and ".join(f"{count:,} {unit} in place of {now[unit]:,}" for unit, count in wanted.items())
    models = further_models(hardest.sources, wanted)
    more = f", for this comparison {counted(models, 'further model')}" if models else ""
    others = f", which takes the most of {len(open_parts)} open ones" if len(open_parts) > 1 else ""
    return f"{listed[0].upper()}{listed[1:]} {_JUST} ({hardest.label}{others}){more}.", models


def _listed(labels: Sequence[str]) -> str:
    return f"{'; '.join(labels[:LISTED])}{' and others' if len(labels) > LISTED else ''}"


def not_run(claim: str, statistic: str, explanation: str) -> Finding:
    """A finding without a number."""
    return Finding(claim, statistic, math.nan, math.nan, math.nan, NOT_RUN, explanation)


def phrase(part: Part) -> str:
    """A part with its number in words: ``beam 5 to 10: +4.1 points [2.0, 6.2]``; a percentage carries no sign."""
    estimate = part.estimate
    decimals = max(_decimals(estimate), 2 if part.unit == "correlation" else 1)
    sign = "+" if part.unit not in _UNSIGNED and float(f"{estimate.value:.{decimals}f}") > 0 else ""
    text = f"{part.label}: {sign}{number(estimate.value, decimals)}"
    text += f" {part.unit}" if part.unit != "ratio" else ""
    if math.isnan(estimate.low):
        return f"{text} (one seed, no interval)" if part.unit != "correlation" else f"{text} (no interval)"
    return f"{text} [{number(estimate.low, decimals)}, {number(estimate.high, decimals)}]"


def _decimals(estimate: Estimate) -> int:
    """Decimals at which the largest of a number and the ends of its interval has two digits, three at most."""
    ends = (estimate.value, estimate.low, estimate.high)
    largest = max((abs(end) for end in ends if not math.isnan(end)), default=1.0)
    return 1 if largest >= 0.95 else 2 if largest >= 0.095 else 3


def _account(parts: Sequence[Part], least: Part) -> str:
    failed = [part for part in parts if part.verdict == "contradicted"]
    unclear = [part for part in parts if part.verdict == "inconclusive"]
    equal = sum(part.verdict == "equal within delta" for part in parts)
    held = len(parts) - len(failed) - len(unclear) - equal
    alike = f", {counted(equal, 'is', 'are')} equal within delta" if equal else ""
    outcomes = f"{counted(held, 'holds', 'hold')}{alike}, {counted(len(failed), 'fails', 'fail')}"
    text = f"Of {counted(len(parts), 'comparison')} {outcomes} and {len(unclear)} cannot be told."
    if len(parts) <= LISTED:
        every = "Measured: " + "; ".join(phrase(part) for part in parts) + "."
        return f"{text} {every}" if failed and held else every
    for name, some in (("Failing", failed), ("Open", unclear)):
        if some:
            listed = "; ".join(phrase(part) for part in some[:LISTED])
            text += f" {name}: {listed}{' and others' if len(some) > LISTED else ''}."
            if least in some[LISTED:]:
                text += f" The least favourable: {phrase(least)}."
    if held == len(parts):
        text += f" The weakest: {phrase(least)}."
    return text
