"""Data selection by importance resampling on hashed n-grams (Xie et al. 2023), as Zhu et al. 2024 use it (Finding IV).

    log w(document) = sum over its n-grams of log(p(bucket) + 1e-8) - log(q(bucket) + 1e-8)

with p the n-gram distribution of the target (human text), q that of the raw corpus (synthetic text); then documents are
drawn without replacement in proportion to w.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.corpora.given_texts import documents, one_text
from uncollapse.errors import DataError
from uncollapse.jobs.partial import whole
from uncollapse.passage_selection.hashed_ngrams import BUCKETS, Features, HashedNgrams
from uncollapse.passage_selection.without_replacement import sample_rows

SMOOTHING = 1e-8  # added to every probability, as in the package data-selection
SHORTEST = 100  # words; shorter documents are never drawn (its default)


@dataclass(frozen=True)
class Importance:
    """Facts of DSIR on each of N raw documents: ``log_weights`` (N,) in nats and ``words`` (N,), their lengths."""

    log_weights: NDArray[np.float64]
    words: NDArray[np.int64]


def log_ratio(target_counts: ArrayLike, raw_counts: ArrayLike) -> NDArray[np.float64]:
    """log p - log q of each bucket, smoothed, from how often target and raw corpus hit it.

    Raises
    ------
    DataError
        Where a corpus has no n-grams.

    Examples
    --------
    >>> log_ratio([3, 1], [1, 1]).round(4).tolist()
    [0.4055, -0.6931]
    """
    shares = []
    for name, counts in (("target", target_counts), ("raw", raw_counts)):
        total = np.sum(counts)
        if total == 0:
            raise DataError(f"the {name} corpus has no words")
        shares.append(np.log(np.asarray(counts) / total + SMOOTHING))
    return shares[0] - shares[1]


def log_weights(features: Features, ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """Importance of N documents: the sum of ``ratio`` over each one's n-grams, in nats; 0 for an empty one."""
    document = np.repeat(np.arange(len(features)), np.diff(features.offsets))
    return np.bincount(document, weights=ratio[features.buckets], minlength=len(features))


def importance(
    raw: Iterable[Sequence[str]],
    target: Iterable[Sequence[str]],
    *,
    folder: Path,
    engine: Literal["regex", "re"] = "regex",
    hasher: HashedNgrams | None = None,
) -> Importance:
    """Weigh a raw corpus against a target, in chunks of documents; one pass over each.

    The buckets of every raw chunk are kept in ``folder`` (about four bytes a word) under a name that its texts give
    it, so that a killed run takes up where it was, and a second target costs no hashing of the raw corpus.

    Parameters
    ----------
    raw, target : chunks of documents, in order; a few thousand documents each do well.
    folder : made if need be; delete it when done.
    engine : as for :class:`HashedNgrams`.
    hasher : one that has seen these texts, or that is to be used for them again; ``engine`` is then its own.

    Raises
    ------
    DataError
        Where a corpus has no words, or where texts are given instead of chunks of them.
    """
    folder = Path(folder)
    for name, corpus in (("raw", raw), ("target", target)):
        if isinstance(corpus, str | Sequence):
            documents(name, corpus, of="chunks of documents; chunks(texts) makes them of a list of texts")
    folder.mkdir(parents=True, exist_ok=True)
    hasher = hasher or HashedNgrams(engine=engine)
    target_counts, raw_counts = np.zeros(BUCKETS, dtype=np.int64), np.zeros(BUCKETS, dtype=np.int64)
    for chunk in target:
        target_counts += hasher.features(chunk).counts()
    stored = []
    for given in raw:
        one_text("texts", given)
        chunk = list(given)
        path = folder / f"{_name(chunk, hasher.engine)}.npz"
        features = _load(path) if path.exists() else _save(path, hasher.features(chunk))
        raw_counts += features.counts()
        stored.append(path)
    ratio = log_ratio(target_counts, raw_counts)
    weighed = [(log_weights(features, ratio), features.words) for features in map(_load, stored)]
    return Importance(*(np.concatenate(column) for column in zip(*weighed, strict=True)))


def select(found: Importance, *, size: int, seed: int, shortest: int = SHORTEST) -> NDArray[np.int64]:
    """Rows (rising) of ``size`` documents drawn in proportion to their importance; short ones are never drawn."""
    return sample_rows(found.log_weights, size=size, seed=seed, stage="dsir", allowed=found.words >= shortest)


def chunks(texts: Sequence[str], size: int = 2000) -> Iterator[Sequence[str]]:
    """A corpus in memory as chunks of documents.

    Raises
    ------
    DataError
        For one text, whose letters would be taken for documents.
    """
    one_text("texts", texts)
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def _name(chunk: Sequence[str], hashing: str) -> str:
    digest = hashlib.sha256(f"{hashing} {len(chunk)}".encode())
    for text in chunk:
        encoded = text.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return digest.hexdigest()[:32]


def _save(path: Path, features: Features) -> Features:
    with whole(path) as partial:
        np.savez(partial, buckets=features.buckets, offsets=features.offsets, words=features.words)
    return features


def _load(path: Path) -> Features:
    with np.load(path, allow_pickle=False) as stored:
        return Features(stored["buckets"], stored["offsets"], stored["words"])
