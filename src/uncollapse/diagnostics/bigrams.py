"""The most frequent word pairs of each corpus, by name (Zhu et al. 2024, Figures 10 and 11: the top 40 and the top 64).

A pair is chosen on every other distinct document and counted on the rest, so that being chosen for a lucky count does
not make it frequent. Where every draw of documents has the same share, such as none of a pair that does not occur,
nothing is learned of chance from the draws: the interval is then that of as many pairs that stand alone (Clopper and
Pearson), as if no document had a pair twice.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.corpora.stored_texts import taken
from uncollapse.diagnostics import copies
from uncollapse.diagnostics.measurement import Measurement, measured
from uncollapse.diagnostics.word_pairs import WordPairs
from uncollapse.errors import DataError
from uncollapse.statistics.bootstrap import Z, around, resamples
from uncollapse.statistics.intervals import share_interval

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
    cluster = {name: copies.clusters(texts) for name, texts in corpora.items()}
    halves = {
        name: [taken(texts, np.flatnonzero(cluster[name] % 2 == side)) for side in (0, 1)]
        for name, texts in corpora.items()
    }
    chosen = {name: pairs.top(first, max(TOPS)) for name, (first, _) in halves.items()}
    places = {pair: place for place, pair in enumerate(sorted({pair for each in chosen.values() for pair in each}))}
    shares, found, listing = {}, {}, []
    for name, (_, second) in halves.items():
        counted = cluster[name][cluster[name] % 2 == 1] // 2  # numbered among themselves
        counts, totals = pairs.count(second, list(places), groups=GROUPS, cluster=counted)
        if not chosen[name] or np.count_nonzero(totals) < 2:
            raise DataError(f"{name}: too few documents hold two words side by side; words stand between white space")
        weights = np.concatenate(
            [np.ones((1, len(totals)), dtype=np.int64), resamples(len(totals), draws=DRAWS, rng=rng)]
        )
        found[name] = counts.sum(axis=0), int(totals.sum())
        drawn = (weights @ totals)[:, None]
        shares[name] = (weights @ counts) / np.maximum(drawn, 1)  # a draw without any pair has no pairs of either kind
    rows = []
    for size in TOPS:
        own = {name: [places[pair] for pair in chosen[name][:size]] for name in corpora}
        values = {name: float(100 * shares[name][0, own[name]].sum()) for name in corpora}
        draws = {name: 100 * shares[name][1:, own[name]].sum(axis=1) for name in corpora}
        alone = {
            name: 100 * _least_error(draws[name], int(found[name][0][own[name]].sum()), found[name][1])
            for name in corpora
        }
        rows += measured(
            "top bigrams", f"share of the top {size}", draws, values, unit="%", bounds=(0, 100), least_errors=alone
        )
    for owner, own_pairs in chosen.items():
        for place, pair in enumerate(own_pairs, start=1):
            for name in corpora:
                share, (counts, total) = shares[name][:, places[pair]], found[name]
                least = _least_error(share[1:], int(counts[places[pair]]), total)
                rate = around(1000 * float(share[0]), 1000 * share[1:], least_error=1000 * least).within((0, 1000))
                listing.append((owner, place, " ".join(pair), name, *rate))
    return rows, pd.DataFrame(listing, columns=["top_of", "place", "bigram", "corpus", "value", "low", "high"])


def _least_error(draws: NDArray[np.float64], count: int, total: int) -> float:
    """The standard error of a share of ``count`` in ``total`` at least, where its draws are all alike; else none.

    >>> round(_least_error(np.zeros(400), 0, 1000), 5), _least_error(np.array([0.0, 0.1]), 1, 1000)
    (0.00188, 0.0)
    """
    if np.ptp(draws) > 1e-12:
        return 0.0
    share = share_interval(count, total)
    return max(share.high - share.value, share.value - share.low) / Z
