"""Distribution of the probability a prior gives to the tokens of a text: the U of Figure 6 and Table 8."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.diagnostics import copies
from uncollapse.diagnostics.measurement import Measurement, measured

BINS = 10  # of width 0.1, as in Table 8
LIMIT = 0.6  # "75% is under 0.6 probability" (section 3.1)
DRAWS = 400


def bin_counts(log_probs: Sequence[ArrayLike]) -> NDArray[np.int64]:
    """Tokens of each document by probability, (N, 10); a probability of 1 is in the last bin.

    Examples
    --------
    >>> bin_counts([np.log([0.05, 0.95, 1.0])])[0].tolist()
    [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    """
    return np.stack(
        [
            np.bincount(np.minimum((BINS * np.exp(np.asarray(each))).astype(int), BINS - 1), minlength=BINS)
            for each in log_probs
        ]
    )


def measure(
    log_probs: Mapping[str, Sequence[ArrayLike]],
    *,
    prior: str,
    rng: np.random.Generator,
    cluster: Mapping[str, NDArray[np.int64]] | None = None,
) -> list[Measurement]:
    """Share of tokens in each bin, below 0.6 and above 0.99, and how far the ends stand above the next bin, in percent.

    ``lower end over its neighbour`` and ``upper end over its neighbour`` are the shares of the first and of the last
    bin minus that of the bin beside it; both above zero is a U, which falls first and rises last.

    Parameters
    ----------
    cluster : of each document by corpus, as :func:`uncollapse.diagnostics.copies.clusters` numbers them; none is a
        copy without it.
    """
    shares = {}
    for name, documents in log_probs.items():
        tokens = [np.asarray(each) for each in documents if len(each)]
        counts = np.concatenate([bin_counts(tokens), [[np.sum(np.exp(each) > 0.99)] for each in tokens]], axis=1)
        of_documents = copies.alone(len(documents)) if cluster is None else cluster[name]
        units = copies.numbered(of_documents[[len(each) > 0 for each in documents]])
        weights = copies.weights(units, draws=DRAWS, rng=rng)
        drawn = np.concatenate([counts.sum(axis=0)[None], weights @ counts]).astype(float)
        shares[name] = 100 * drawn / drawn[:, :BINS].sum(axis=1, keepdims=True)
    rows: list[Measurement] = []

    def add(title: str, found: Mapping[str, NDArray[np.float64]]) -> None:
        draws = {name: each[1:] for name, each in found.items()}
        values = {name: float(each[0]) for name, each in found.items()}
        rows.extend(measured("token probabilities", title, draws, values, unit="%", prior=prior))

    for place in range(BINS):
        add(f"{place / BINS:.1f} to {(place + 1) / BINS:.1f}", {name: each[:, place] for name, each in shares.items()})
    add(f"below {LIMIT:g}", {name: each[:, : round(LIMIT * BINS)].sum(axis=1) for name, each in shares.items()})
    add("above 0.99", {name: each[:, BINS] for name, each in shares.items()})
    for title, end, beside in (("lower", 0, 1), ("upper", BINS - 1, BINS - 2)):
        higher = {name: each[:, end] - each[:, beside] for name, each in shares.items()}
        add(f"{title} end over its neighbour", higher)
    return rows
