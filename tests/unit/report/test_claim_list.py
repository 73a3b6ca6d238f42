"""The verdict that carries the weight, and how many there are of each."""

from __future__ import annotations

import pandas as pd
import pytest

from uncollapse.analysis.claims_table import CHECK, COLUMNS
from uncollapse.report.claim_list import ScaleClaims, claim_list, headline_elsewhere, is_checked

WHERE = "evidence scale (two cores), commit 0123456, 2026-11-30"


def claims(**verdicts: str) -> pd.DataFrame:
    rows = [
        {"id": name, "verdict": of.partition(",")[0], "kind": of.partition(",")[2]} for name, of in verdicts.items()
    ]
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def evidence(**verdicts: str) -> ScaleClaims:
    return ScaleClaims(scale="evidence", where=WHERE, claims=claims(**verdicts))


@pytest.mark.parametrize(
    ("own", "other", "carries", "lesser"),
    [
        ("reproduced,exploratory", "contradicted,confirmatory", [False, True], [True, False]),
        ("reproduced,exploratory", "contradicted,exploratory", [True, False], [False, True]),
        ("reproduced,confirmatory", "contradicted,confirmatory", [True, False], [False, True]),
        ("reproduced,confirmatory", "contradicted,exploratory", [True, False], [False, True]),
        ("not run at this scale,confirmatory", "reproduced,exploratory", [False, True], [True, False]),
        ("not run at this scale,confirmatory", "reproduced,confirmatory", [False, True], [True, False]),
        ("reproduced,exploratory", "not run at this scale,confirmatory", [False], [False]),
    ],
)
def test_a_confirmatory_verdict_carries_the_weight(
    own: str, other: str, carries: list[bool], lesser: list[bool]
) -> None:
    (claim,) = claim_list(claims(a=own), "default", [evidence(a=other)])
    assert [verdict["carries"] for verdict in claim["verdicts"]] == carries
    assert [verdict["lesser"] for verdict in claim["verdicts"]] == lesser
    assert [verdict["scale"] for verdict in claim["verdicts"]] == ["default", "evidence"][: len(carries)]
    assert claim["verdict"] == own.partition(",")[0]
    assert is_checked(claim)


@pytest.mark.parametrize("verdicts", [("reproduced", "contradicted"), ("contradicted", "reproduced")])
@pytest.mark.parametrize(
    ("first", "second", "carrier"),
    [
        ((13, 45), (8, 45), "first"),
        ((13, 45), (26, 5), "second"),
        ((5, 30), (5, 72), "second"),
        ((5, 9), (5, 9), "first"),
    ],
)
def test_of_two_confirmatory_scales_the_larger_design_carries_the_weight_whatever_it_found(
    verdicts: tuple[str, str], first: tuple[int, int], second: tuple[int, int], carrier: str
) -> None:
    """Replicates, then settings, then the first; never the verdict. The run's own is exploratory, however large."""
    elsewhere = [
        ScaleClaims(scale=name, where=name, claims=claims(a=f"{verdict},confirmatory"))
        for name, verdict in zip(("first", "second"), verdicts, strict=True)
    ]
    sizes = {("a", "default"): (99, 99), ("a", "first"): first, ("a", "second"): second}
    (claim,) = claim_list(claims(a="reproduced,exploratory"), "default", elsewhere, sizes)
    assert [verdict["scale"] for verdict in claim["verdicts"] if verdict["carries"]] == [carrier]
    assert [verdict["scale"] for verdict in claim["verdicts"] if not verdict["lesser"]] == [carrier]


def test_a_verdict_by_a_reading_that_was_replaced_says_so() -> None:
    own, kept = claims(a="inconclusive,exploratory").assign(reading="anew"), evidence(a="reproduced,confirmatory")
    kept.claims["reading"] = "as at first"
    (claim,) = claim_list(own, "default", [kept])
    assert [verdict["earlier"] for verdict in claim["verdicts"]] == [False, True]


def test_a_claim_that_nothing_judged_is_not_checked() -> None:
    own = claims(a="not run at this scale,exploratory")
    assert not is_checked(claim_list(own, "default", [evidence(b="reproduced,confirmatory")])[0])


def test_headline_of_another_scale() -> None:
    known = evidence(
        a="reproduced,confirmatory",
        b="reproduced,exploratory",
        c="inconclusive,confirmatory",
        d="not run at this scale,confirmatory",
        e=f"reproduced,{CHECK}",
    )
    assert headline_elsewhere(known) == (
        f"At the {WHERE}: of 3 claims checked, 2 are reproduced and 1 is inconclusive; "
        "2 of these verdicts are confirmatory."
    )
    assert headline_elsewhere(evidence(a="reproduced,exploratory")).endswith(
        "1 is reproduced; none of these verdicts is confirmatory."
    )
    assert headline_elsewhere(evidence()) == f"At the {WHERE}: no claim was checked."
