"""Machine-written training passages that a selector keeps (Zhu et al. 2024, Table 13)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import read_table
from uncollapse.artifacts.passages import PASSAGE_TOKENS, PASSAGES
from uncollapse.errors import DataError
from uncollapse.passage_selection.pool import Pool
from uncollapse.passage_selection.settings import TextSelectionSettings

if TYPE_CHECKING:
    import torch

    from uncollapse.editing.prior import Prior


def kept(
    settings: TextSelectionSettings,
    *,
    tokens: Path,
    passages: Path | None,
    prior: Prior | None,
    encoder: Path | None,
    device: torch.device,
    machine: list[str],
    folder: Path,
) -> NDArray[np.bool_]:
    """(N,) of all training passages: the human ones, and of the machine-written ones those that the selector keeps.

    Parameters
    ----------
    tokens, passages : files of them; their texts are given to a selector that reads texts.
    prior, encoder, device, folder : as for :class:`~uncollapse.passage_selection.pool.Pool`.
    machine : corpora written by models.

    Raises
    ------
    DataError
        Where the selector does not return as many different rows as were asked for.
    """
    path, schema = (tokens, PASSAGE_TOKENS) if passages is None else (passages, PASSAGES)
    table = read_table(path, schema)
    synthetic = np.isin(np.asarray(table.column("corpus").to_pylist()), machine)
    rows = np.flatnonzero(synthetic)
    # the machine-written passages that come first by their hash
    looked_at = np.sort(rows[np.argsort(table.column("place").to_numpy()[rows], kind="stable")][: settings.candidates])
    pool = Pool(
        machine=table.take(pa.array(looked_at)),
        human=table.filter(pa.array(~synthetic)),
        size=round(settings.share * len(looked_at)),
        prior=prior,
        encoder=encoder,
        device=device,
        folder=folder,
    )
    found = np.asarray(settings.selector.choose(pool, settings))
    if len(np.unique(found)) != pool.size:
        raise DataError(f"selector {settings.by}: {len(np.unique(found)):,} passages, {pool.size:,} were asked for")
    keep = ~synthetic
    keep[looked_at[found]] = True
    return keep
