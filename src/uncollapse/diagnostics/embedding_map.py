"""Embeddings in two dimensions, to be looked at; the numbers are in neighbourhoods.py (Figure 4A)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.passage_selection.density import TWINS


def draw_map(embeddings: Mapping[str, NDArray[np.floating]], *, seed: int, most: int = 500) -> pd.DataFrame:
    """t-SNE of up to ``most`` documents of each corpus, all in one map.

    Raises
    ------
    DataError
        Where no two points differ: there is nothing to draw.

    Returns
    -------
    DataFrame
        Columns corpus, row (of its corpus), x, y. The same input gives the same map on the same machine.
    """
    from sklearn.manifold import TSNE

    rng = np.random.default_rng(seed)
    rows = {name: np.sort(rng.permutation(len(each))[:most]) for name, each in embeddings.items()}
    points = np.concatenate([embeddings[name][chosen] for name, chosen in rows.items()]).astype(np.float64)
    if not differ(points):
        raise DataError(f"the {len(points)} documents have one and the same embedding; there is no map of them")
    perplexity = min(30.0, max(2.0, (len(points) - 1) / 4))
    found = TSNE(init="pca", perplexity=perplexity, random_state=seed).fit_transform(points)
    names = np.repeat(list(rows), [len(chosen) for chosen in rows.values()])
    return pd.DataFrame(
        {"corpus": names, "row": np.concatenate(list(rows.values())), "x": found[:, 0], "y": found[:, 1]}
    )


def differ(points: NDArray[np.floating]) -> bool:
    """Whether any two of the points (N, D) differ by more than rounding.

    >>> differ(np.ones((3, 2))), differ(np.eye(2))
    (False, True)
    """
    return bool(np.ptp(points, axis=0).max() > TWINS * np.abs(points).max())
