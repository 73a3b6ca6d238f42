"""The most frequent word pairs of each corpus, by name (Zhu et al. 2024, Figures 10 and 11: the top 40 and the top 64).

A pair is chosen on every other document and counted on the rest, so that being chosen for a lucky count does not make
it frequent.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.diagnostics.measurement import Measurement, measured
from uncollapse.errors import DataError
from uncollapse.statistics.bootstrap import around, resamples

TOPS = (40, 64)
GROUPS, DRAWS = 200, 400
_MARKS = re.compile(r"[^\w\s]+")


def count_pairs(texts: Iterable[str]) -> Counter[tuple[str, str]]:
    """Neighbouring words of lower-cased texts, none across a mark.

    >>> count_pairs(["At the end, the end."])
    Counter({('the', 'end'): 2, ('at', 'the'): 1})
    """
    counted: Counter[tuple[str, str]] = Counter()
    for text in texts:
        for run in _MARKS.split(text.lower()):
            words = run.split()
            counted.update(pairwise(words))
    return counted


def top(texts: Sequence[str], count: int) -> list[tuple[str, str]]:
    """The most frequent pairs, most frequent first; equally frequent ones in alphabetical order."""
    return [pair for _, pair in nsmallest(count, ((-times, pair) for pair, times in count_pairs(texts).items()))]


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
    chosen = {name: top(texts[::2], max(TOPS)) for name, texts in corpora.items()}
    places = {pair: place for place, pair in enumerate(sorted({pair for pairs in chosen.values() for pair in pairs}))}
    shares, listing = {}, []
    for name, texts in corpora.items():
        counts, totals = _count(texts[1::2], places)
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
    for owner, pairs in chosen.items():
        for place, pair in enumerate(pairs, start=1):
            for name in corpora:
                share = shares[name][:, places[pair]]
                found = around(1000 * float(share[0]), 1000 * share[1:])
                listing.append((owner, place, " ".join(pair), name, found.value, found.low, found.high))
    return rows, pd.DataFrame(listing, columns=["top_of", "place", "bigram", "corpus", "value", "low", "high"])


def _count(texts: Sequence[str], places: Mapping[tuple[str, str], int]) -> tuple[NDArray, NDArray]:
    """Occurrences (K, P) of the chosen pairs in groups of documents, and of all pairs (K,)."""
    groups = max(1, min(GROUPS, len(texts)))
    counts, totals = np.zeros((groups, len(places)), dtype=np.int64), np.zeros(groups, dtype=np.int64)
    for group in range(groups):
        found = count_pairs(texts[group::groups])
        totals[group] = found.total()
        counts[group] = [found[pair] for pair in places]
    return counts, totals
