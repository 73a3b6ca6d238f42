"""The report's section on an experiment in rejection sampling, beside its products."""

from collections.abc import Mapping

SETTINGS = ("questions", "files", "sampling", "verifiers", "selections", "training")
HOLDS, FAILS = "reproduced", "contradicted"
_READ = (  # claim, its words by verdict (any other: it stays open), and its number in words
    (
        "outside-selected-a",
        {
            HOLDS: "p* told beforehand whose students would be better",
            FAILS: "p* did not tell whose students are better",
        },
        "whether p* tells whose students are better stays open",
        "rank correlation {}",
    ),
    (
        "outside-selected-b",
        {HOLDS: "GO meant a gain", FAILS: "GO did not always mean a gain"},
        "whether GO means a gain stays open",
        "{} points in the least favourable comparison",
    ),
    (
        "outside-selected-c",
        {HOLDS: "NO-GO meant a loss", FAILS: "NO-GO did not always mean a loss"},
        "whether NO-GO means a loss stays open",
        "{} points in the least favourable comparison",
    ),
)


def answer(judged: Mapping[str, tuple[str, str]]) -> str:
    """The sentence that the section says first; empty where no claim was judged.

    ``judged``: verdict and number with interval, as text, by the claim's id, of the claims that the run judged.

    >>> answer({"outside-selected-b": ("reproduced", "4.1 [1.0, 7.2]")})
    'GO meant a gain (4.1 [1.0, 7.2] points in the least favourable comparison).'
    """
    told = []
    for claim, words, opened, unit in _READ:
        if claim in judged:
            verdict, number = judged[claim]
            told.append(words.get(verdict, opened) + (f" ({unit.format(number)})" if number else ""))
    sentence = "; ".join(told)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""
