"""Histograms of hashed words and word pairs, at equal numbers of words (Zhu et al. 2024, Figures 5, 10, 11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncollapse.diagnostics import concentration
from uncollapse.diagnostics.measurement import Measurement, measured
from uncollapse.errors import DataError
from uncollapse.passage_selection.hashed_ngrams import BUCKETS, HashedNgrams
from uncollapse.statistics.bootstrap import resamples

GROUPS = 200  # of documents, resampled together, so that memory doesn't grow with the corpus
DRAWS = 200
FEW = 5  # words; a document that would be cut to fewer is left out
KINDS = {"unigrams": 1, "bigrams": 2}
_MEASURES = {
    "entropy": (concentration.entropy, "bits"),
    "effective number of buckets": (concentration.effective_number, "buckets"),
    "Gini coefficient": (concentration.gini, ""),
    f"share of the {concentration.TOP} fullest buckets": (lambda counts: 100 * concentration.top_mass(counts), "%"),
}


@dataclass(frozen=True)
class Histogram:
    """Bucket counts of groups of documents, ``groups`` (K, B); ``words`` in all."""

    groups: NDArray[np.int64]
    words: int

    @property
    def counts(self) -> NDArray[np.int64]:
        """Counts (B,) of the whole corpus."""
        return self.groups.sum(axis=0)


def equal_words(corpora: Mapping[str, Sequence[str]], *, seed: int, most: int | None = None) -> dict[str, list[str]]:
    """Texts of each corpus, in random order, whose words add up to the same number, or to fewer than FEW less.

    That number is the smallest corpus's, or ``most``; words are what white space separates. Documents are whole but for
    each corpus's last one, which is cut where the number is reached (left out where fewer than FEW words would remain).

    Raises
    ------
    DataError
        For a corpus without words.
    """
    lengths = {name: np.array([len(text.split()) for text in texts]) for name, texts in corpora.items()}
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
        texts = [corpora[name][row] for row in order[: last + 1]]
        kept = int(each[order[last]] - (reached[last] - budget))
        if kept < each[order[last]]:
            texts[-1:] = [first_words(texts[-1], kept)] if kept >= FEW or last == 0 else []
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
    texts: Sequence[str], *, buckets: int = BUCKETS, groups: int = GROUPS, chunk: int = 2000
) -> dict[str, Histogram]:
    """Histograms of unigrams and of bigrams; document i belongs to group i modulo the number of groups.

    Raises
    ------
    DataError
        For fewer than two documents, since intervals come from resampling them.
    """
    if len(texts) < 2:
        raise DataError(f"{len(texts)} document: a comparison with intervals takes at least two")
    groups = min(groups, len(texts))
    hasher = HashedNgrams(buckets=buckets)
    counted = {kind: np.zeros(groups * buckets, dtype=np.int64) for kind in KINDS}
    words = 0
    for start in range(0, len(texts), chunk):
        features = hasher.features(texts[start : start + chunk])
        words += int(features.words.sum())
        for kind, length in KINDS.items():
            some = features.of_length(length)
            group = np.repeat((start + np.arange(len(some))) % groups, np.diff(some.offsets))
            counted[kind] += np.bincount(group * buckets + some.buckets, minlength=groups * buckets)
    return {kind: Histogram(counts.reshape(groups, buckets), words) for kind, counts in counted.items()}


def measure(found: Mapping[str, Mapping[str, Histogram]], *, rng: np.random.Generator) -> list[Measurement]:
    """Concentration of each corpus's histograms, and how the others differ from the first.

    A kind that a corpus has none of (word pairs, of documents of one word) is left out. ``found`` are histograms by
    corpus; documents are drawn for bootstrap samples.
    """
    rows = []
    for kind in KINDS:
        if not all(each[kind].counts.any() for each in found.values()):
            continue
        drawn = {}
        for name, each in found.items():
            groups = each[kind].groups.astype(np.float64)  # whole numbers far below 2**53, by the fast product
            drawn[name] = resamples(len(groups), draws=DRAWS, rng=rng).astype(np.float64) @ groups
        for title, (statistic, unit) in _MEASURES.items():
            values = {name: float(statistic(each[kind].counts)) for name, each in found.items()}
            draws = {name: statistic(counts) for name, counts in drawn.items()}
            rows += measured(kind, title, draws, values, unit=unit)
        rows += _divergences(kind, {name: each[kind] for name, each in found.items()}, rng=rng)
    return rows


def _divergences(kind: str, found: Mapping[str, Histogram], *, rng: np.random.Generator) -> list[Measurement]:
    """Distance of each corpus's histogram from the first's, with that of the first's two halves beside it."""
    first, *others = found
    splits = []
    for _ in range(DRAWS // 2):
        half = rng.permutation(len(found[first].groups)) % 2 == 0
        splits.append((half, found[first].groups[half].sum(axis=0), found[first].groups[~half].sum(axis=0)))
    # one half of the first against a half of each, so that all have the same number of documents
    draws = {first: np.array([float(concentration.divergence(a, b)) for _, a, b in splits])}
    for name in others:
        groups = found[name].groups
        halves = [groups[rng.permutation(len(groups)) % 2 == 0].sum(axis=0) for _ in splits]
        draws[name] = np.array(
            [float(concentration.divergence(half, a)) for half, (_, a, _) in zip(halves, splits, strict=True)]
        )
    values = {name: float(each.mean()) for name, each in draws.items()}
    return measured(kind, f"distance from a half of {first}", draws, values, unit="bits")
