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
        ("reproduced,exploratory", "contradicted,exploratory", [False, False], [False, False]),
        ("reproduced,confirmatory", "contradicted,confirmatory", [False, False], [False, False]),
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
