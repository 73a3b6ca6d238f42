"""Perplexity of whole documents under a prior, and what part of the human range a corpus covers (Figures 3 and 9)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.diagnostics import copies
from uncollapse.diagnostics.measurement import Measurement, measured
from uncollapse.errors import DataError
from uncollapse.statistics.bootstrap import weighted_quantiles
from uncollapse.statistics.normal import share_error

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
TAILS = (0.75, 0.9, 0.95)
BINS = 20  # of equal human share
DRAWS = 400


def document_perplexities(log_probs: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """exp(-mean log-probability) of each document's tokens, (N,); NaN for a document without tokens.

    Examples
    --------
    >>> document_perplexities([[np.log(0.5), np.log(0.5)], []]).tolist()
    [2.0, nan]
    """
    return np.array([np.exp(-np.mean(each)) if len(each) else np.nan for each in map(np.asarray, log_probs)])


def measure(
    perplexities: Mapping[str, ArrayLike],
    *,
    prior: str,
    rng: np.random.Generator,
    cluster: Mapping[str, NDArray[np.int64]] | None = None,
) -> list[Measurement]:
    """Quantiles, tails and coverage; the first corpus is the human one that the others are held against.

    - ``quantile q``: of each corpus.
    - ``above the human quantile q``: share of documents in the human tail; 1 - q for the human corpus by definition.
    - ``overlap``: sum over 20 bins of equal human share of the smaller of the two shares; 100% for equal corpora. For
      the human corpus: of two bootstrap samples of it.
    - ``upper end against human``: 99% quantile as a share of the human one.

    Parameters
    ----------
    cluster : of each document by corpus, as :func:`uncollapse.diagnostics.copies.clusters` numbers them; none is a
        copy without it.

    Raises
    ------
    DataError
        For a corpus with fewer than 20 distinct documents that have a perplexity.
    """
    values, units = {}, {}
    for name, each in perplexities.items():
        array = np.asarray(each, dtype=np.float64)
        there = np.isfinite(array)
        values[name] = array[there]
        units[name] = copies.numbered((copies.alone(len(array)) if cluster is None else cluster[name])[there])
        if (few := copies.distinct(units[name])) < BINS:
            kind = "distinct documents" if few < len(values[name]) else "documents"
            raise DataError(f"{name}: {few} {kind} with a perplexity; quantiles take {BINS} at least")
    human = next(iter(values))
    weights = {name: _with_all(copies.weights(each, draws=DRAWS, rng=rng)) for name, each in units.items()}
    quantiles = {name: weighted_quantiles(values[name], weights[name], LEVELS) for name in values}
    rows: list[Measurement] = []

    def add(title: str, found: Mapping[str, NDArray[np.float64]], unit: str, **options: Any) -> None:
        draws = {name: each[1:] for name, each in found.items()}
        first = {name: float(each[0]) for name, each in found.items()}
        rows.extend(measured("perplexity", title, draws, first, unit=unit, prior=prior, **options))

    for place, level in enumerate(LEVELS):
        add(f"quantile {level:g}", {name: quantiles[name][:, place] for name in values}, "", bounds=(1, np.inf))
    cuts = weighted_quantiles(values[human], weights[human], TAILS)
    for place, level in enumerate(TAILS):
        tails = {name: 100 * _above(values[name], weights[name], cuts[:, place]) for name in values}
        tails[human] = np.full(len(cuts), 100 * (1 - level))
        distinct = {name: copies.distinct(each) for name, each in units.items()}
        counted = {name: distinct[name] * tails[name][0] / 100 for name in values}
        least = {name: 100 * share_error(counted[name], distinct[name]) for name in values if name != human}
        add(f"above the human quantile {level:g}", tails, "%", bounds=(0, 100), least_errors=least)
    edges = weighted_quantiles(values[human], weights[human], np.arange(1, BINS) / BINS)
    again = _with_all(copies.weights(units[human], draws=DRAWS, rng=rng))
    overlaps = {}
    for name in values:
        own = _shares(values[name], again if name == human else weights[name], edges)
        reference = _shares(values[human], weights[human], edges)
        overlaps[name] = 100 * np.minimum(own, reference).sum(axis=1)
    add("overlap", overlaps, "%", bounds=(0, 100))
    ends = {name: quantiles[name][:, -1] for name in values}
    add(
        "upper end against human",
        {name: 100 * each / ends[human] for name, each in ends.items()},
        "%",
        bounds=(0, np.inf),
    )
    spread = {name: quantiles[name][:, 4] / quantiles[name][:, 0] for name in values}
    add("quantile 0.95 over quantile 0.05", spread, "times", bounds=(1, np.inf), ratio=True)
    return rows


def _with_all(weights: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.ones((1, weights.shape[1]), dtype=np.int64), weights])


def _above(values: NDArray[np.float64], weights: NDArray[np.int64], cuts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the values above the cut of each draw, (R,)."""
    return np.array([row[values > cut].sum() / row.sum() for row, cut in zip(weights, cuts, strict=True)])


def _shares(values: NDArray[np.float64], weights: NDArray[np.int64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the values in each bin of each draw, (R, bins)."""
    bins = edges.shape[1] + 1
    return np.stack(
        [
            np.bincount(np.searchsorted(edge, values, "left"), row, minlength=bins) / row.sum()
            for row, edge in zip(weights, edges, strict=True)
        ]
    )
