"""Density sampling: how crowded each document's neighbourhood is, and drawing fewer from where it is crowded.

The density of document x is a kernel sum over the corpus, estimated with a sketch of R rows of B counters (Coleman and
Shrivastava 2020; Sachdeva et al. 2024 for language models; Zhu et al. 2024 use 1,000 x 20,000, Figure 12): each row
hashes a document's embedding by a locality-sensitive hash and counts; the share of documents in x's counter, averaged
over the rows, estimates the mean of the kernel k(x, y) = P(x and y collide) over the corpus.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from uncollapse.errors import DataError
from uncollapse.passage_selection.without_replacement import sample_rows

ROWS, COUNTERS = 1_000, 20_000  # Zhu et al. 2024, Finding III
CONCATENATED = 4  # hashes that must agree for a collision; not stated by the paper
TWINS = 1e-6  # of the largest coordinate; what is nearer than that is rounding


class DensitySketch:
    """Counts documents in ``rows`` x ``counters``; its size does not depend on how many there are.

    Parameters
    ----------
    dimension : of the embeddings.
    width : of a hash cell, in the embeddings' unit; at a distance of half a width the kernel is about
        ``collision_probability(width / 2, width=width)``.

    Raises
    ------
    DataError
        From :meth:`responses`, where nothing was counted.
    """

    def __init__(
        self,
        dimension: int,
        *,
        width: float,
        rng: np.random.Generator,
        rows: int = ROWS,
        counters: int = COUNTERS,
        concatenated: int = CONCATENATED,
    ) -> None:
        self.width, self.concatenated = width, concatenated
        self._directions = rng.standard_normal((dimension, rows * concatenated))
        self._shifts = rng.uniform(0, width, rows * concatenated)
        self._mixers = rng.integers(0, 2**63, size=(rows, concatenated), dtype=np.int64).astype(np.uint64) | np.uint64(
            1
        )
        self._counts = np.zeros((rows, counters), dtype=np.int64)
        self.documents = 0

    def add(self, embeddings: NDArray[np.floating]) -> None:
        """Count (N, D) embeddings."""
        counters = self._counts.shape[1]
        places = self._places(embeddings) + np.arange(len(self._counts)) * counters
        self._counts += np.bincount(places.ravel(), minlength=self._counts.size).reshape(self._counts.shape)
        self.documents += len(embeddings)

    def responses(self, embeddings: NDArray[np.floating], *, counted: bool) -> NDArray[np.float64]:
        """Estimated mean kernel (N,) in [0, 1] between each document and the others that were counted.

        ``counted`` says whether these very documents were counted too: their collision with themselves is taken off.
        """
        others = self.documents - counted
        if others < 1:
            raise DataError("a density takes at least one other document")
        places = self._places(embeddings)
        found = np.empty(len(embeddings))
        for place, each in enumerate(places):
            found[place] = self._counts[np.arange(len(self._counts)), each].mean()
        return (found - counted) / others

    def _places(self, embeddings: NDArray[np.floating]) -> NDArray[np.int64]:
        """The counter (N, R) that each row sends a document to."""
        cells = np.floor((embeddings @ self._directions + self._shifts) / self.width).astype(np.int64)
        rows, counters = self._counts.shape
        cells = cells.reshape(len(embeddings), rows, self.concatenated).view(np.uint64)
        with np.errstate(over="ignore"):
            mixed = (cells * self._mixers).sum(axis=2, dtype=np.uint64)
            mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            mixed ^= mixed >> np.uint64(31)
        return (mixed % np.uint64(counters)).astype(np.int64)


def collision_probability(
    distance: ArrayLike, *, width: float, concatenated: int = CONCATENATED
) -> NDArray[np.float64]:
    """The kernel: probability that two embeddings at a Euclidean distance fall into one cell (Datar et al. 2004).

    Counters add chance collisions of different cells, about 1 in 20,000 with the default.

    Examples
    --------
    >>> collision_probability([0.0, 1.0], width=4.0, concatenated=1).round(3).tolist()
    [1.0, 0.801]
    """
    gap = np.asarray(distance, dtype=np.float64)
    ratio = width / np.where(gap > 0, gap, 1.0)
    tail = 2 / (np.sqrt(2 * np.pi) * ratio) * -np.expm1(-(ratio**2) / 2)
    return np.where(gap > 0, 1 - 2 * norm.cdf(-ratio) - tail, 1.0) ** concatenated


def responses(
    embeddings: Mapping[str, NDArray[np.floating]],
    *,
    seed: int,
    rows: int = ROWS,
    counters: int = COUNTERS,
) -> dict[str, NDArray[np.float64]]:
    """Each document's mean kernel to the others of its corpus; one cell width, the first corpus's, for all.

    Raises
    ------
    DataError
        Where half the pairs of documents of the first corpus do not differ: no width comes from their distances.
    """
    name, first = next(iter(embeddings.items()))
    # the median distance of two documents, so that the kernel is neither 0 nor 1 everywhere
    one, other = np.random.default_rng([seed, 0]).integers(len(first), size=(2, 2000))
    gaps = np.linalg.norm(first[one].astype(float) - first[other], axis=1)
    width = float(np.median(gaps[one != other]))
    if not width > TWINS * np.abs(first).max():
        raise DataError(f"{name}: most of its documents have one and the same embedding; there is no density of them")
    found = {}
    for name, each in embeddings.items():
        sketch = DensitySketch(
            each.shape[1],
            width=width,
            rng=np.random.default_rng([seed, 1]),  # the same hashes for every corpus
            rows=rows,
            counters=counters,
        )
        parts = [each[start : start + 256] for start in range(0, len(each), 256)]
        for part in parts:
            sketch.add(part)
        found[name] = np.concatenate([sketch.responses(part, counted=True) for part in parts])
    return found


def inverse_density_sample(responses: ArrayLike, *, size: int, seed: int) -> NDArray[np.int64]:
    """Rows (rising) of ``size`` documents drawn without replacement in proportion to 1 / density.

    A density of nothing counts as the smallest above it, so that lone documents are likely, not certain.
    """
    values = np.asarray(responses, dtype=np.float64)
    if not (values > 0).any():
        return sample_rows(np.zeros(len(values)), size=size, seed=seed, stage="density")
    return sample_rows(-np.log(np.maximum(values, values[values > 0].min())), size=size, seed=seed, stage="density")
