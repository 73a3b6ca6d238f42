"""Histograms of hashed words and word pairs, at equal numbers of words (Zhu et al. 2024, Figures 5, 10, 11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.stored_texts import taken, with_last, word_counts
from uncollapse.diagnostics import concentration, copies
from uncollapse.diagnostics.measurement import Measurement, measured
from uncollapse.errors import DataError
from uncollapse.passage_selection.hashed_ngrams import BUCKETS, HashedNgrams
from uncollapse.statistics.bootstrap import resamples

GROUPS = 200  # of distinct documents, resampled together, so that memory doesn't grow with the corpus
DRAWS, _PARTS = 200, 20
FEW = 5  # words; a document that would be cut to fewer is left out
KINDS = ("unigrams", "bigrams")
_MEASURES = {
    "entropy": (concentration.entropy, "bits"),
    "effective number of buckets": (concentration.effective_number, "buckets"),
    "Gini coefficient": (concentration.gini, ""),
    f"share of the {concentration.TOP} fullest buckets": (lambda counts: 100 * concentration.top_mass(counts), "%"),
}


@dataclass(frozen=True)
class Histogram:
    """Bucket counts of groups of documents, ``groups`` (K, B), with all copies of one in one; ``words`` in all."""

    groups: NDArray[np.int64]
    words: int

    @property
    def counts(self) -> NDArray[np.int64]:
        """Counts (B,) of the whole corpus."""
        return self.groups.sum(axis=0)


def equal_words(
    corpora: Mapping[str, Sequence[str]], *, seed: int, most: int | None = None
) -> dict[str, Sequence[str]]:
    """Texts of each corpus, in random order, whose words add up to the same number, or to fewer than FEW less.

    That number is the smallest corpus's, or ``most``; words are what white space separates. Documents are whole but for
    each corpus's last one, which is cut where the number is reached (left out where fewer than FEW words would remain).

    Raises
    ------
    DataError
        For a corpus without words.
    """
    lengths = {name: word_counts(texts) for name, texts in corpora.items()}
    for name, each in lengths.items():
        if not each.sum():
            raise DataError(f"{name}: no words")
    budget = min(int(each.sum()) for each in lengths.values())
    budget = budget if most is None else min(budget, most)
    chosen = {}
    for name, each in lengths.items():
        order = np.random.default_rng(seed).permutation(len(each))
        reached = np.cumsum(each[order])
        last = int(np.searchsorted(reached, budget))
        texts = taken(corpora[name], order[: last + 1])
        kept = int(each[order[last]] - (reached[last] - budget))
        if kept < each[order[last]]:
            short = kept < FEW and last > 0
            texts = texts[:-1] if short else with_last(texts, first_words(texts[-1], kept))
        chosen[name] = texts
    return chosen


def first_words(text: str, count: int) -> str:
    """The text up to the end of its ``count``-th word, as it stands.

    >>> first_words("one, two   three", 2)
    'one, two'
    """
    rest = text.split(maxsplit=count)[count:]
    return text.removesuffix(rest[0]).rstrip() if rest else text


def histograms(
    texts: Sequence[str], *, hasher: HashedNgrams | None = None, groups: int = GROUPS, chunk: int = 2000
) -> dict[str, Histogram]:
    """Histograms of unigrams and of bigrams; distinct document i, with its copies, is of group i modulo their number.

    ``hasher`` may have seen these texts, or others like them: what it has hashed it need not hash again.

    Raises
    ------
    DataError
        For fewer than two documents, since intervals come from resampling them.
    """
    if len(texts) < 2:
        raise DataError(f"{len(texts)} document: a comparison with intervals takes at least two")
    cluster = copies.clusters(texts)
    groups = min(groups, copies.distinct(cluster))
    hasher = hasher or HashedNgrams(buckets=BUCKETS)
    shape = (len(KINDS), groups, hasher.total)
    counted = np.zeros(shape, dtype=np.int64)
    words = 0
    for start in range(0, len(texts), chunk):
        features = hasher.features(texts[start : start + chunk])
        words += int(features.words.sum())
        # a document's words stand before its pairs
        lengths = np.stack([features.words, np.diff(features.offsets) - features.words], axis=1)
        group = cluster[start : start + len(features)] % groups
        cells = (np.arange(len(KINDS)) * groups + group[:, None]) * hasher.total
        np.add.at(counted.ravel(), np.repeat(cells.ravel(), lengths.ravel()) + features.buckets, 1)
    return {kind: Histogram(counts, words) for kind, counts in zip(KINDS, counted, strict=True)}


def measure(found: Mapping[str, Mapping[str, Histogram]], *, rng: np.random.Generator) -> list[Measurement]:
    """Concentration of each corpus's histograms, and how the others differ from the first.

    A kind that a corpus has none of (word pairs, of documents of one word) is left out. ``found`` are histograms by
    corpus; distinct documents are drawn for bootstrap samples.

    Raises
    ------
    DataError
        For a corpus all of whose documents are copies of one.
    """
    rows = []
    for kind in KINDS:
        if not all(each[kind].counts.any() for each in found.values()):
            continue
        draws: dict[str, dict[str, NDArray[np.float64]]] = {title: {} for title in _MEASURES}
        for name, each in found.items():
            groups = each[kind].groups.astype(np.float64)  # whole numbers far below 2**53, by the fast product
            drawn = resamples(len(groups), draws=DRAWS, rng=rng).astype(np.float64) @ groups
            for title, (statistic, _) in _MEASURES.items():  # in parts, which stay in a processor's own memory
                draws[title][name] = np.concatenate([statistic(part) for part in np.split(drawn, _PARTS)])
        for title, (statistic, unit) in _MEASURES.items():
            values = {name: float(statistic(each[kind].counts)) for name, each in found.items()}
            rows += measured(kind, title, draws[title], values, unit=unit)
        rows += _divergences(kind, {name: each[kind] for name, each in found.items()}, rng=rng)
    return rows


def _divergences(kind: str, found: Mapping[str, Histogram], *, rng: np.random.Generator) -> list[Measurement]:
    """Distance of each corpus's histogram from the first's, with that of the first's two halves beside it."""
    first, *others = found
    groups = found[first].groups.astype(np.float64)  # as above
    sides = _halves(len(groups), rng=rng)
    half = sides @ groups
    # one half of the first against a half of each, so that all have the same number of documents
    draws = {first: _distances(half, (1 - sides) @ groups)}
    for name in others:
        groups = found[name].groups.astype(np.float64)
        draws[name] = _distances(_halves(len(groups), rng=rng) @ groups, half)
    values = {name: float(each.mean()) for name, each in draws.items()}
    return measured(kind, f"distance from a half of {first}", draws, values, unit="bits")


def _distances(counts: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([float(concentration.divergence(a, b)) for a, b in zip(counts, others, strict=True)])


def _halves(groups: int, *, rng: np.random.Generator) -> NDArray[np.float64]:
    """Random halves of groups: 1 for those in it (DRAWS // 2, K)."""
    return np.array([rng.permutation(groups) % 2 == 0 for _ in range(DRAWS // 2)], dtype=np.float64)
