"""Zhu et al. 2024, section 4.1 and appendix D.3: what editing costs beside writing."""

import pandas as pd

from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.statistics.counted import counted
from uncollapse.statistics.intervals import mean_interval

LIMITS = (50.0, 200.0)  # percent of the text's length that counts as about the length


def check(*, synthesis_costs: pd.DataFrame) -> list[Finding]:
    """zhu-D3-a: for a text, editing takes about as many times fewer passes than writing as the text has tokens."""
    costs = synthesis_costs
    edited = costs[costs["method"] == "edited"].set_index("passage_id")
    length = edited["tokens"].mean()
    parts = []
    for method in ("synthetic", "rephrased"):
        wrote = costs[costs["method"] == method].set_index("passage_id")
        # passes for a token, of both; then as a share of the length of the edited text
        times = (wrote["passes"] / wrote["tokens"]) / (edited["passes"] / edited["tokens"]) / edited["tokens"]
        parts.append(Part(f"{method} over edited", mean_interval(100 * times), *LIMITS, "percent"))
    work = {method: rows["positions"].sum() / rows["tokens"].sum() for method, rows in costs.groupby("method")}
    return [
        conclude(
            "zhu-D3-a",
            "passes per token of writing over those of editing, in percent of the text's length (50 to 200)",
            parts,
            opening=f"On {counted(len(edited), 'text')} of {length:.0f} tokens in the mean.",
            closing="Passes are not work: for each token of text the model reads "
            f"{work['edited']:.2f} positions when it edits, {work['synthetic']:.2f} when it writes and "
            f"{work['rephrased']:.2f} when it rephrases.",
        )
    ]
