"""Zhu et al. 2024, Tables 12 and 15: repeating the data does not close the gap that machine-written text makes."""

from itertools import pairwise

import pandas as pd

from uncollapse.analysis.contrasts import percent, relative
from uncollapse.analysis.mixture_scores import by_epochs, human_log_perplexity, named
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.statistics.counted import counted
from uncollapse.statistics.replicates import Replicates

HALF = 0.5  # a gap that keeps more than half of its logarithm is not closed


def check(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> list[Finding]:
    """zhu-T12-a: perplexity rises with the share after every number of epochs, and the gap stays."""
    models = by_epochs(trained_models)
    scores = human_log_perplexity(named(perplexities, models)).merge(models[["model", "epochs"]], on="model")
    keys = list(zip(scores["epochs"], scores["machine_share_percent"], strict=True))
    groups = Replicates.of(scores.assign(key=pd.Series(keys, index=scores.index)), "key", "log_perplexity")
    shares = {epochs: [share for other, share in groups.means if other == epochs] for epochs, _ in groups.means}
    parts: list[Part] = []
    if len(shares) > 1:
        for epochs, mine in shares.items():
            for a, b in pairwise(mine):
                change = relative(groups, (epochs, b), (epochs, a))
                parts.append(Part(f"{a:g} to {b:g}% after {counted(epochs, 'epoch')}", change, unit="percent"))
        (first, firsts), *_, (last, lasts) = shares.items()
        weights = {(last, lasts[-1]): 1.0, (last, lasts[0]): -1.0}
        weights |= {(first, firsts[-1]): -HALF, (first, firsts[0]): HALF}
        parts.append(Part(f"gap after {counted(last, 'epoch')} beyond half of that after {first:g}",
                          percent(groups.contrast(weights)), unit="percent"))  # fmt: skip
    return [
        conclude(
            "zhu-T12-a",
            "rise of human text's perplexity from share to share after each number of epochs, and the gap at the end"
            " (percent)",
            parts,
            needs="It takes models trained for two numbers of epochs.",
            opening="Averages of log perplexity over our human corpora.",
            closing="The gap is of logarithms; in the paper it keeps its size from 1 to 5 epochs.",
        )
    ]
