"""Links between claims and the tables and figures that show them, both ways."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd


def products_of(shown: pd.DataFrame, present: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Names of the tables and figures on the page that show each claim, by its id.

    >>> shown = pd.DataFrame([("a", "", "t1 f1"), ("b", "", "f2")], columns=["id", "gist", "products"])
    >>> products_of(shown, ["f1", "t1"])
    {'a': ('t1', 'f1'), 'b': ()}
    """
    return {
        row["id"]: tuple(name for name in str(row["products"]).split() if name in present)
        for row in shown.to_dict("records")
    }


def claims_of(
    products: Mapping[str, Sequence[str]], claims: Sequence[Mapping[str, Any]]
) -> dict[str, list[Mapping[str, Any]]]:
    """Claims on the page that each table or figure shows, by its name."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for claim in claims:
        for name in products.get(claim["id"], ()):
            found.setdefault(name, []).append(claim)
    return found


def finding(claims: Sequence[Mapping[str, Any]], gists: Mapping[str, str]) -> str:
    """The finding of a figure, for those who cannot see it: its claims with their verdicts; empty without any."""
    told = [
        f"{gists.get(claim['id'], claim['statement'].rstrip('.'))}: {claim['weighty']['verdict']}" for claim in claims
    ]
    return f"Finding: {'; '.join(told)}. " if told else ""
