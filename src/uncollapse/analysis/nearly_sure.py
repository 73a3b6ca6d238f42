"""Whether an edit of ours is the one that Zhu et al. 2024 speak of: of tokens of which a model is nearly sure."""

import math
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from uncollapse.analysis.verdict import Finding

SURE = 0.9  # the paper's edits begin at 0.99 or 0.999


def least_probabilities(edits: pd.DataFrame, edit_counts: pd.DataFrame) -> dict[str, float]:
    """The probability from which each edit of probable tokens edits: where config has a share, the one it came to."""
    first = edit_counts[edit_counts["generation"] == 1].groupby("edit")["threshold"].first().to_dict()
    return {
        row["edit"]: float(first.get(row["edit"], math.nan if row["share"] else row["threshold"]))
        for row in edits.fillna({"share": 0.0}).to_dict("records")
        if row["direction"] == ">="
    }


def where_sure(finding: Finding, compared: Iterable[str], least: dict[str, float]) -> Finding:
    """The finding, or that it was not run where an edit that it compares begins far below the paper's threshold.

    One such edit is enough: a claim on several stays whole. What was measured stays in the explanation.
    """
    found = {name: least[name] for name in compared if name in least}
    unsure = {name: p for name, p in found.items() if not p >= SURE}
    if not unsure or finding.verdict == "not run at this scale":
        return finding
    lowest = min(unsure.values())
    told = (
        f"Not the paper's edit: its models are nearly sure of the tokens that it draws again (p of 0.99 or more), ours "
        f"gives them p of {lowest:.2g} or more, so that this decides nothing about the claim. "
    )
    nothing = {"value": math.nan, "low": math.nan, "high": math.nan}
    return replace(finding, verdict="not run at this scale", explanation=told + finding.explanation, **nothing)
