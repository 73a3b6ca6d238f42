"""Paragraphs of papers and links between claims and what shows them."""

import csv
import re
from pathlib import Path
from typing import Any

import pandas as pd

from uncollapse.report.claim_list import NOT_RUN
from uncollapse.report.links import claims_of, finding, products_of
from uncollapse.report.papers import paragraphs, weightiest

ROOT = Path(__file__).parents[3]


def claim(name: str, verdict: str, value: float | None = 1.0, **more: Any) -> dict[str, Any]:
    interval = (None, None) if value is None else (value - 0.5, value + 0.5)
    words = {"statistic": "a rise", "explanation": "Measured."}
    one = {"verdict": verdict, "value": value, "low": interval[0], "high": interval[1], "scale": "default"} | words
    own = {"id": name, "statement": f"Statement {name}.", **one, "carries": False, **more}
    return own | {"verdicts": [own]}


def test_a_paragraph_counts_every_claim_once_and_names_the_first_of_each_kind() -> None:
    every = [
        *(claim(f"feng-{n}", "reproduced") for n in range(6)),
        claim("fengv2-a", "contradicted", -2.0),
        claim("feng-z", NOT_RUN, None),
        claim("zhu-a", "inconclusive", None),
    ]
    feng, zhu = paragraphs(every, {"fengv2-a": "p* foretells"}, {"fengv2-a": "points"})
    assert [(group.words, group.count, len(group.named)) for group in feng.groups] == [
        ("Holds", 6, 4),
        ("Does not hold", 1, 1),
    ]
    assert feng.not_run == 1
    assert sum(group.count for group in feng.groups) + feng.not_run == 8
    (failed,) = feng.groups[1].named
    assert (failed.gist, failed.number) == ("p* foretells", "−2.0 [−2.5, −1.5] points")
    assert feng.groups[0].named[0].gist == "Statement feng-0"
    assert zhu.groups[0].named[0].number == ""


def test_the_number_of_a_premise_has_the_premises_unit() -> None:
    supposed = "The claim supposes more than 95: at 6: 50.0 percent [49.5, 50.5]."
    told = {"statistic": "premise: at 6", "explanation": supposed}
    (paper,) = paragraphs([claim("lee-a", "premise not met", 50.0, **told)], {}, {"lee-a": "points"})
    assert paper.groups[0].named[0].number == "the premise: 50.0 [49.5, 50.5] percent"


def test_a_claim_that_fails_in_some_comparisons_alone_is_told_as_that() -> None:
    """With its count, and the unit of the comparison that is shown."""
    mixed = {
        "statistic": "loss; least favourable of 2: texts",
        "explanation": "Of 2 comparisons 1 holds, 1 fails and 0 cannot be told. Measured: digits: +11.2 nats "
        "[10.7, 11.6]; texts: −2.0 points [−2.5, −1.5].",
    }
    every = [claim("feng-a", "contradicted", -2.0, **mixed), claim("feng-b", "contradicted")]
    (paper,) = paragraphs(every, {}, {"feng-a": "nats"})
    assert [(group.words, [one.id for one in group.named]) for group in paper.groups] == [
        ("Holds in some comparisons and fails in others", ["feng-a"]),
        ("Does not hold", ["feng-b"]),
    ]
    assert paper.groups[0].named[0].number == "1 of 2 comparisons; the least favourable: −2.0 [−2.5, −1.5] points"


def test_the_verdict_that_carries_the_weight_counts() -> None:
    own = claim("feng-a", "inconclusive")
    other = claim("feng-a", "reproduced") | {"scale": "evidence", "carries": True}
    assert weightiest(own | {"verdicts": [own, other]})["scale"] == "evidence"
    assert weightiest(own | {"verdicts": [own, other | {"carries": False}]})["scale"] == "default"
    missing = claim("feng-a", NOT_RUN, None)
    assert weightiest(missing | {"verdicts": [missing, other | {"carries": False}]})["scale"] == "evidence"


def test_links_lead_both_ways() -> None:
    shown = pd.DataFrame([("a", "", "t1 f1"), ("b", "", "t1 gone")], columns=["id", "gist", "products"])
    products = products_of(shown, ["t1", "f1"])
    there = claims_of(products, [claim("a", "reproduced"), claim("c", "reproduced"), claim("b", "contradicted")])
    assert products == {"a": ("t1", "f1"), "b": ("t1",)}
    assert {name: [one["id"] for one in some] for name, some in there.items()} == {"t1": ["a", "b"], "f1": ["a"]}


def test_an_alternative_text_tells_the_finding() -> None:
    one = claim("a", "reproduced")
    one["weighty"] = one
    assert finding([one], {"a": "wider is better"}) == "Finding: wider is better: reproduced. "
    assert finding([], {}) == ""


def read(name: str) -> list[dict[str, str]]:
    with (ROOT / "workflow/reported" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


QUANTIFIER = re.compile(r"\b(all|every|each|both|any|no|none|whichever|only|exactly)\b", re.IGNORECASE)
# claims whose statement has a word of that kind that says nothing of how much they claim
NO_QUANTIFIER = {
    "feng-Th3.2-b", "feng-F2-a", "feng-F4-g", "fengv2-F3-a", "fengv2-F4-a", "dohm-c", "outside-2410.16713-a",
    "outside-selected-a",
}  # fmt: skip


def test_a_gist_claims_as_much_as_its_statement() -> None:
    """What is said of all sets is not told of sets."""
    gists = {row["id"]: row["gist"] for row in read("claims_shown.csv")}
    quantified = {row["id"] for row in read("claims.csv") if QUANTIFIER.search(row["statement"])}
    assert {name for name in quantified if not QUANTIFIER.search(gists[name])} == NO_QUANTIFIER


def test_every_claim_has_a_gist_and_every_product_exists() -> None:
    shown = read("claims_shown.csv")
    assert {row["id"] for row in shown} == {row["id"] for row in read("claims.csv")}
    assert len({row["gist"] for row in shown}) == len(shown)
    products = ROOT / "src/uncollapse/products"
    for row in shown:
        assert 3 <= len(row["gist"].split()) <= 14, row["id"]
        for name in row["products"].split():
            assert any((products / kind / f"{name}.py").is_file() for kind in ("tables", "figures")), name
