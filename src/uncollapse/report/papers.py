"""One paragraph a paper: which of its claims hold, which do not, and which stay open, each with its number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uncollapse.analysis.formatting import measured
from uncollapse.analysis.verdict import NOT_RUN, PREMISE_NOT_MET
from uncollapse.report.comparisons import is_mixed, outcomes, unit_shown
from uncollapse.statistics.counted import counted

# by the first part of a claim's id
PAPERS = {
    "feng": "Feng et al. 2024, Beyond Model Collapse",
    "fengv2": "Feng et al. 2024, Beyond Model Collapse",
    "dohm": "Dohmatob et al. 2024, Model Collapse Demystified",
    "gerst": "Gerstgrasser et al. 2024, Is Model Collapse Inevitable?",
    "zhu": "Zhu et al. 2024, How to Synthesize Text Data without Model Collapse?",
    "lee": "Lee et al. 2025, Self-Improving Transformers",
    "outside": "Works outside these",
}
# groups of verdicts in the order of a paragraph: words, verdicts, and whether a claim holds in some comparisons and
# fails in others
_GROUPS = (
    ("Holds", ("reproduced", "equal within delta"), False),
    ("Holds in some comparisons and fails in others", ("contradicted",), True),
    ("Does not hold", ("contradicted",), False),
    ("Open", ("inconclusive",), False),
    ("Supposes what the run does not have", (PREMISE_NOT_MET,), False),
)
_NAMED = 4  # claims that a group of a paragraph names


@dataclass(frozen=True)
class Named:
    """A claim in a paragraph: its id, what it says in a few words, its number as text (may be empty), and its scale."""

    id: str
    gist: str
    number: str
    scale: str


@dataclass(frozen=True)
class Group:
    """Claims of one kind of verdict: how many there are, and the first of them."""

    words: str
    count: int
    named: tuple[Named, ...]


@dataclass(frozen=True)
class PaperWords:
    """A paper's paragraph; ``not_run`` counts claims that neither the run nor a kept scale judged."""

    title: str
    key: str
    groups: tuple[Group, ...]
    not_run: int


def paper_of(claim: str) -> str:
    """The title of the paper that makes a claim, or the first part of the id where it is not known."""
    first = claim.partition("-")[0]
    return PAPERS.get(first, first)


def by_paper(claims: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Claims under the papers that make them; each in its order."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for claim in claims:
        found.setdefault(paper_of(claim["id"]), []).append(claim)
    return list(found.items())


def weightiest(claim: Mapping[str, Any]) -> Mapping[str, Any]:
    """The verdict that counts: the one that carries the weight, else the first that was judged."""
    judged = [verdict for verdict in claim["verdicts"] if verdict["verdict"] != NOT_RUN]
    carrying = [verdict for verdict in judged if verdict["carries"]]
    found: Mapping[str, Any] = (carrying or judged or claim["verdicts"])[0]
    return found


def paragraphs(
    claims: Sequence[Mapping[str, Any]], gists: Mapping[str, str], units: Mapping[str, str]
) -> tuple[PaperWords, ...]:
    """The paragraph of every paper, from claims with their ``verdicts``, what they say in a few words, and units."""
    found = []
    for title, own in by_paper(claims):
        counting = [(claim, weightiest(claim)) for claim in own]
        groups = []
        for words, verdicts, mixed in _GROUPS:
            some = [
                (claim, verdict)
                for claim, verdict in counting
                if verdict["verdict"] in verdicts and is_mixed(verdict) == mixed
            ]
            if some:
                groups.append(Group(words, len(some), tuple(_named(*pair, gists, units) for pair in some[:_NAMED])))
        not_run = sum(verdict["verdict"] == NOT_RUN for _, verdict in counting)
        found.append(PaperWords(title, own[0]["id"].partition("-")[0].removesuffix("v2"), tuple(groups), not_run))
    return tuple(found)


def _named(
    claim: Mapping[str, Any], verdict: Mapping[str, Any], gists: Mapping[str, str], units: Mapping[str, str]
) -> Named:
    number = ""
    if verdict["value"] is not None:
        unit = unit_shown(verdict, units.get(claim["id"], ""))
        number = f"{measured(verdict['value'], verdict['low'], verdict['high'])} {unit}".rstrip()
        if verdict["verdict"] == PREMISE_NOT_MET:
            number = f"the premise: {number}"
        if is_mixed(verdict) and (found := outcomes(verdict)) is not None:
            number = f"{found[0]} of {counted(found[1], 'comparison')}; the least favourable: {number}"
    gist = gists.get(claim["id"]) or claim["statement"].rstrip(".")
    return Named(claim["id"], gist, number, verdict["scale"])
