"""A small classifier of educational value, trained here (Zhu et al. 2024, Table 13, has a larger one).

Ours is a logistic regression on hashed words and word pairs; its labels are corpora: documents of the ones that teach
(an encyclopedia, textbooks) against documents of others (chat, reviews).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from uncollapse.errors import DataError
from uncollapse.passage_selection.hashed_ngrams import HashedNgrams
from uncollapse.statistics.estimate import Estimate

BUCKETS = 2**17


@dataclass(frozen=True)
class EducationalClassifier:
    """``weights`` (B,) and ``intercept`` of the log-odds that a document is educational."""

    weights: NDArray[np.float64]
    intercept: float

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Log-odds (N,) in nats; higher is more educational."""
        rows = document_vectors(texts, hasher=HashedNgrams(buckets=len(self.weights)))
        return rows @ self.weights + self.intercept


@dataclass(frozen=True)
class Trained:
    """A classifier, and its area under the ROC curve on documents held out."""

    classifier: EducationalClassifier
    area: Estimate
    held_out: int


def document_vectors(texts: Sequence[str], *, hasher: HashedNgrams) -> csr_matrix:
    """Documents as rows (N, B) of length one: 1 + log(count) of each bucket hit, divided by the row's norm."""
    features = hasher.features(texts)
    counts = csr_matrix(
        (np.ones(len(features.buckets)), features.buckets.astype(np.int64), features.offsets),
        shape=(len(features), hasher.total),
    )
    counts.sum_duplicates()
    counts.data = 1 + np.log(counts.data)
    norms = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    counts.data /= np.repeat(np.where(norms > 0, norms, 1), np.diff(counts.indptr))
    return counts


def train(
    educational: Sequence[str],
    other: Sequence[str],
    *,
    seed: int,
    buckets: int = BUCKETS,
    penalty: float = 1.0,
    held_out: float = 0.2,
) -> Trained:
    """Fit the classifier; a share of the documents of each kind is held out to say how well it tells them apart.

    Parameters
    ----------
    educational, other : documents; classes weigh the same, however many each has.
    seed : of the split.
    penalty : ridge penalty on the weights (scikit-learn's 1 / C).
    held_out : share in (0, 1).

    Raises
    ------
    DataError
        For fewer than ten documents of a kind.
    """
    from sklearn.linear_model import LogisticRegression

    if min(len(educational), len(other)) < 10:
        raise DataError(f"{len(educational)} educational and {len(other)} other documents: give at least ten of each")
    rng = np.random.default_rng(seed)
    hasher = HashedNgrams(buckets=buckets)
    rows = document_vectors([*educational, *other], hasher=hasher)
    label = np.repeat([1, 0], [len(educational), len(other)])
    testing = np.zeros(len(label), dtype=bool)
    for kind in (0, 1):
        members = np.flatnonzero(label == kind)
        testing[rng.permutation(members)[: max(1, round(held_out * len(members)))]] = True
    model = LogisticRegression(C=1 / penalty, class_weight="balanced", max_iter=1000)
    model.fit(rows[~testing], label[~testing])
    classifier = EducationalClassifier(model.coef_[0].astype(np.float64), float(model.intercept_[0]))
    scores = rows[testing] @ classifier.weights
    area = area_under_curve(scores[label[testing] == 1], scores[label[testing] == 0])
    return Trained(classifier, area, int(testing.sum()))


def area_under_curve(high: NDArray[np.float64], low: NDArray[np.float64]) -> Estimate:
    """P(a value of ``high`` exceeds one of ``low``), ties counting half, with DeLong's 95% interval.

    Examples
    --------
    >>> area_under_curve(np.array([3.0, 4.0]), np.array([1.0, 2.0])).value
    1.0
    """
    if min(len(high), len(low)) < 2:
        raise DataError(f"{len(high)} and {len(low)} values: an area with its interval takes two of each")

    def beaten(values: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
        ranked = np.sort(others)
        return (np.searchsorted(ranked, values, "left") + np.searchsorted(ranked, values, "right")) / (2 * len(others))

    wins, losses = beaten(high, low), beaten(low, high)
    error = np.sqrt(wins.var(ddof=1) / len(high) + losses.var(ddof=1) / len(low))
    return Estimate.symmetric(float(wins.mean()), 1.96 * float(error)).within((0.0, 1.0))
