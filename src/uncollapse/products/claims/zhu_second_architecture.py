"""Zhu et al. 2024, Table 13: the mixtures under another architecture."""

from itertools import pairwise

import pandas as pd

from uncollapse.analysis.contrasts import relative
from uncollapse.analysis.mixture_scores import human_log_perplexity, named, plain_of_second
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.statistics.replicates import Replicates

LITTLE = 10.0  # percent either way; the paper's 25% share changes its seven perplexities by at most 8


def check(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> list[Finding]:
    """zhu-T13-a: perplexity rises with the share beyond a quarter, and a quarter is nearly harmless."""
    models = plain_of_second(trained_models)
    parts: list[Part] = []
    if len(models):
        scores = human_log_perplexity(named(perplexities, models))
        groups = Replicates.of(scores, "machine_share_percent", "log_perplexity")
        later = [share for share in groups.means if share >= 25 or 25 not in groups.means]
        parts = [Part(f"{a:g} to {b:g}%", relative(groups, b, a), unit="percent") for a, b in pairwise(later)]
        if {0.0, 25.0} <= set(groups.means):
            change = relative(groups, 25.0, 0.0)
            parts.append(Part("0 to 25%, either way", change, -LITTLE, LITTLE, "percent"))
    return [
        conclude(
            "zhu-T13-a",
            "rise of human text's perplexity from share to share under another architecture (percent)",
            parts,
            needs="It takes a second architecture trained on two shares or more.",
            opening="Averages of log perplexity over our human corpora.",
        )
    ]
