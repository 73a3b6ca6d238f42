"""Work outside the four on the share of rephrased text: arXiv 2604.13977."""

import pandas as pd

from uncollapse.analysis.contrasts import relative
from uncollapse.analysis.edited_tasks import ORDERED, by_perplexity_alone
from uncollapse.analysis.rephrased import by_share
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.statistics.replicates import Replicates

BEST = (60, 80)  # percent: the best shares of its four formats


def check(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> list[Finding]:
    """outside-2604.13977-a: 60 to 80% of rephrased text are best by tasks; told is how perplexity compares."""
    scores = by_share(perplexities, trained_models)
    parts = []
    for text, mine in scores[scores["text"].str.startswith("rephrased")].groupby("text", sort=False):
        groups = Replicates.of(mine, "share", "value")
        means = {share: value for share, value in groups.means.items() if BEST[0] <= share <= BEST[1]}
        if not means:
            continue
        best = min(means, key=lambda share: means[share])
        for share in groups.means:
            if not BEST[0] <= share <= BEST[1]:
                label = f"{text}: {share:g}% over {best:g}%"
                parts.append(Part(label, relative(groups, share, best), unit="percent"))
    found = conclude(
        "outside-2604.13977-a",
        "perplexity on human text with other shares of rephrased text over that with 60 to 80% (percent)",
        parts,
        needs="It takes models trained on shares of rephrased text, 60 to 80% among them.",
        opening=ORDERED,
        closing="The paper's texts are rephrased into tables, questions, exercises and tutorials.",
    )
    return [by_perplexity_alone(found)]
