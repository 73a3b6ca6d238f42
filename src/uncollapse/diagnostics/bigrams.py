"""The most frequent word pairs of each corpus, by name (Zhu et al. 2024, Figures 10 and 11: the top 40 and the top 64).

A pair is chosen on every other document and counted on the rest, so that being chosen for a lucky count does not make
it frequent.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from uncollapse.diagnostics.measurement import Measurement, measured
from uncollapse.diagnostics.word_pairs import WordPairs
from uncollapse.errors import DataError
from uncollapse.statistics.bootstrap import around, resamples

TOPS = (40, 64)
GROUPS, DRAWS = 200, 400


def measure(
    corpora: Mapping[str, Sequence[str]], *, rng: np.random.Generator
) -> tuple[list[Measurement], pd.DataFrame]:
    """Share of all pairs that are among a corpus's own top 40 and 64, and each top pair's frequency in every corpus.

    Raises
    ------
    DataError
        For a corpus without word pairs in two documents of either half.

    Returns
    -------
    rows, and frequencies : columns top_of, place (from 1), bigram, corpus, and value, low, high: occurrences per 1,000
        pairs.
    """
    pairs = WordPairs()
    chosen = {name: pairs.top(texts[::2], max(TOPS)) for name, texts in corpora.items()}
    places = {pair: place for place, pair in enumerate(sorted({pair for each in chosen.values() for pair in each}))}
    shares, listing = {}, []
    for name, texts in corpora.items():
        counts, totals = pairs.count(texts[1::2], list(places), groups=GROUPS)
        if not chosen[name] or np.count_nonzero(totals) < 2:
            raise DataError(f"{name}: too few documents hold two words side by side; words stand between white space")
        weights = np.concatenate(
            [np.ones((1, len(totals)), dtype=np.int64), resamples(len(totals), draws=DRAWS, rng=rng)]
        )
        drawn = (weights @ totals)[:, None]
        shares[name] = (weights @ counts) / np.maximum(drawn, 1)  # a draw without any pair has no pairs of either kind
    rows = []
    for size in TOPS:
        own = {name: [places[pair] for pair in chosen[name][:size]] for name in corpora}
        values = {name: float(100 * shares[name][0, own[name]].sum()) for name in corpora}
        draws = {name: 100 * shares[name][1:, own[name]].sum(axis=1) for name in corpora}
        rows += measured("top bigrams", f"share of the top {size}", draws, values, unit="%", bounds=(0, 100))
    for owner, own_pairs in chosen.items():
        for place, pair in enumerate(own_pairs, start=1):
            for name in corpora:
                share = shares[name][:, places[pair]]
                found = around(1000 * float(share[0]), 1000 * share[1:])
                listing.append((owner, place, " ".join(pair), name, found.value, found.low, found.high))
    return rows, pd.DataFrame(listing, columns=["top_of", "place", "bigram", "corpus", "value", "low", "high"])
