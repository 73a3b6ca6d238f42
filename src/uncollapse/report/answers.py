"""The answers on the page's first screen: one sentence a question, each with its number and interval.

Words follow from verdicts and numbers from tables and claims of the scale that the sentence names; a question that
nothing of a run speaks to is answered so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from uncollapse.analysis.claims_table import CHECK
from uncollapse.analysis.mixture_scores import AVERAGE
from uncollapse.analysis.verdict import NOT_RUN, PREMISE
from uncollapse.report.claim_list import counted
from uncollapse.report.evidence import Evidence
from uncollapse.report.report_tables import records
from uncollapse.statistics.counted import counted as number_of

TOLERANCE = 2  # percent, at which test matrices count as solved
DECIDED = ("reproduced", "contradicted")
NOTHING = "Nothing in this run measures it."


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A question with its answer, the claims that it rests on, and the scale that its numbers are of."""

    question: str
    text: str
    claims: tuple[str, ...] = ()
    scale: str = ""


@dataclass(frozen=True)
class _Told:
    text: str
    claims: tuple[str, ...]


def answers(evidence: Sequence[Evidence], own: pd.DataFrame) -> tuple[Answer, ...]:
    """Five answers, from the evidence in its order; ``own`` are the run's claims."""
    asked: tuple[tuple[str, tuple[Callable[[Evidence], _Told | None], ...]], ...] = (
        ("Does training on synthesized data work?", (_unselected, _replaced)),
        ("When does it not?", (_mixed, _good_generator, _replaced)),
        ("What helps?", (_selected, _accumulated)),
        ("Does p* tell beforehand?", (_foretold, _foretold_in_theory)),
    )
    found = [_first(question, ways, evidence) for question, ways in asked]
    return (*found, Answer(question="What can this run not say?", text=_unsaid(own, evidence)))


def _first(question: str, ways: Sequence[Callable[[Evidence], _Told | None]], evidence: Sequence[Evidence]) -> Answer:
    """The first way, at the first scale, that its claim is decided by; else the first that has a number.

    Of the scales that have numbers for a way, the one whose verdict carries the weight of its claim comes first.
    """
    found: list[tuple[Evidence, _Told]] = []
    for way in ways:
        some = [(scale, told) for scale in evidence if (told := way(scale)) is not None]
        found += sorted(some, key=lambda pair: pair[1].claims[0] not in pair[0].carried)
    decided = [(scale, told) for scale, told in found if scale.verdict(told.claims[0]) in DECIDED]
    for scale, told in decided or found:
        return Answer(question=question, text=told.text, claims=told.claims, scale=scale.scale)
    return Answer(question=question, text=NOTHING)


def _by(evidence: Evidence, claim: str, *, holds: str, fails: str, opens: str) -> str:
    """Words by the verdict on a claim."""
    return {"reproduced": holds, "contradicted": fails}.get(evidence.verdict(claim), opens)


def _unselected(evidence: Evidence) -> _Told | None:
    students = _students(evidence, "none", beams=1)
    generator = _students(evidence, "generator_itself", beams=1)
    if students is None or generator is None:
        return None
    lead = _by(
        evidence, "feng-T2-a", holds="Not by itself", fails="Here it does no harm", opens="This cannot be told here"
    )
    text = (
        f"{lead}: students of all that a generator wrote solve {students} percent of the test matrices, the generator "
        f"itself {generator}."
    )
    return _Told(text, ("feng-T2-a",))


def _students(evidence: Evidence, selection: str, *, beams: int) -> str | None:
    return evidence.cell(
        "feng2024_table2",
        selection=selection,
        generation_beam_size=beams,
        evaluation_tolerance_percent=TOLERANCE,
    )


def _replaced(evidence: Evidence) -> _Told | None:
    found = evidence.number("gerst-a")
    if found is None:
        return None
    lead = _by(
        evidence,
        "gerst-a",
        holds="Not where every round replaces the data by what the last fit wrote: the error grows with the rounds",
        fails="Replacing the data by what the last fit wrote did not let the error grow as predicted",
        opens="Whether replacing the data every round lets the error grow cannot be told",
    )
    return _Told(f"{lead} ({found} of what the theory predicts).", ("gerst-a",))


def _mixed(evidence: Evidence) -> _Told | None:
    shares = evidence.keys("zhu2024_table1", "synthetic_share_percent", validation_set=AVERAGE)
    if len(shares) < 2:
        return None
    least, most = (
        evidence.cell("zhu2024_table1", synthetic_share_percent=share, validation_set=AVERAGE)
        for share in (shares[0], shares[-1])
    )
    lead = _by(
        evidence,
        "zhu-T1-a",
        holds="The more of the text is machine-written, the worse",
        fails="More machine-written text was not always worse",
        opens="Whether each larger machine-written share is worse cannot be told",
    )
    text = (
        f"{lead}: perplexity on human text is {least} with {shares[0]:g}% of it and {most} with {shares[-1]:g}%, which "
        "alone does not tell the harm of being machine-written from that of another origin."
    )
    return _Told(text, ("zhu-T1-a",))


def _good_generator(evidence: Evidence) -> _Told | None:
    found, part = evidence.number("feng-T2-c"), evidence.part("feng-T2-c")
    if found is None or evidence.verdict("feng-T2-c") != "contradicted":
        return None
    return _Told(
        f"Selected labels do not always do: {found} points between students and generator for the {part}.",
        ("feng-T2-c",),
    )


def _selected(evidence: Evidence) -> _Told | None:
    beams = evidence.keys(
        "feng2024_table2",
        "generation_beam_size",
        selection="label_selection",
        evaluation_tolerance_percent=TOLERANCE,
    )
    if not beams:
        return None
    chosen, every = _students(evidence, "label_selection", beams=beams[-1]), _students(evidence, "none", beams=1)
    if chosen is None or every is None:
        return None
    lead = _by(
        evidence,
        "feng-T2-b",
        holds="A verifier that knows the truth",
        fails="Not every selection by the truth",
        opens="Selection by the truth, as far as can be told",
    )
    text = (
        f"{lead}: students of the best of {beams[-1]:g} candidates a prompt solve {chosen} percent of the test "
        f"matrices, those of unselected labels {every}."
    )
    return _Told(text, ("feng-T2-b",))


def _accumulated(evidence: Evidence) -> _Told | None:
    found = evidence.number("gerst-b")
    if found is None:
        return None
    lead = _by(
        evidence,
        "gerst-b",
        holds="Keeping all earlier data: the error stays below its bound",
        fails="Keeping all earlier data did not keep the error below its bound",
        opens="Whether keeping all earlier data bounds the error cannot be told",
    )
    return _Told(f"{lead} ({found} of the bound).", ("gerst-b",))


def _foretold(evidence: Evidence) -> _Told | None:
    found, part = evidence.number("fengv2-F4-a"), evidence.part("fengv2-F4-a")
    if found is None:
        return None
    lead = _by(
        evidence,
        "fengv2-F4-a",
        holds="Yes, among these selections: students are the better, the higher p* of what chose their labels",
        fails="Not always: it counts wrong labels and does not see which prompts are left",
        opens="It cannot be told: intervals reach across",
    )
    least = f"{part}, {found} {evidence.unit('fengv2-F4-a')}".rstrip() if part else found
    return _Told(f"{lead} (the least favourable comparison: {least}).", ("fengv2-F4-a",))


def _foretold_in_theory(evidence: Evidence) -> _Told | None:
    found = evidence.number("fengv2-F3-a")
    if found is None:
        return None
    return _Told(f"In simulations p* and the students' accuracy have a rank correlation of {found}.", ("fengv2-F3-a",))


def _unsaid(own: pd.DataFrame, every: Sequence[Evidence]) -> str:
    """Sentence on how much was not run or stays open, with one open claim and its number.

    The claim is none that another scale decides with more weight, nor one whose number is that of its premise.
    """
    claims = own[own["kind"] != CHECK]
    counts = counted(claims)
    decided = {claim for scale in every for claim in scale.carried if scale.verdict(claim) in DECIDED}
    opened = [
        row
        for row in records(claims)
        if row["verdict"] == "inconclusive"
        and row["value"] is not None
        and row["id"] not in decided
        and not str(row["statistic"]).startswith(PREMISE)
    ]
    text = (
        f"Of {number_of(len(claims), 'claim')} of the papers {number_of(counts[NOT_RUN], 'was', 'were')} not run and "
        f"{number_of(counts['inconclusive'], 'stays', 'stay')} open, "
        "and sizes of numbers are not the papers', whose models and data are larger"
    )
    if opened:
        evidence = Evidence(scale="", tables={}, claims={opened[0]["id"]: opened[0]})
        text += f"; one that is open: {opened[0]['statement'].rstrip('.')} ({evidence.number(opened[0]['id'])})"
    return f"{text}."
