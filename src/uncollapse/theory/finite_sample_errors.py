"""One curve of Figure 3 at a time: relative errors by trial and n', and where a weak verifier's curve is lowest."""

import numpy as np
import pandas as pd

from uncollapse.theory.sweet_spot import SweetSpot, find_sweet_spot


def error_table(curves: pd.DataFrame, *, n_original: int, selection: str) -> pd.DataFrame:
    """Relative errors of one curve: trials in rows, n' in columns."""
    rows = curves[(curves["n_original"] == n_original) & (curves["selection"] == selection)]
    return rows.pivot(index="trial", columns="selected", values="relative_error").dropna(axis=1)


def generators(curves: pd.DataFrame) -> list[int]:
    """N_0 of every generator, worst first."""
    return sorted(int(size) for size in curves["n_original"].unique() if size > 0)


def weak_verifiers(curves: pd.DataFrame) -> list[str]:
    """Selections by verifiers that are no oracle, best first."""
    angles = curves.loc[curves["angle"] > 0, ["angle", "selection"]].drop_duplicates().sort_values("angle")
    return angles["selection"].tolist()


def sweet_spots(curves: pd.DataFrame, *, resamples: int, rng: np.random.Generator) -> dict[tuple[int, str], SweetSpot]:
    """The minimum over n' of every weak verifier's curve, by N_0 and verifier."""
    spots = {}
    for size in generators(curves):
        for weak in weak_verifiers(curves):
            table = error_table(curves, n_original=size, selection=weak)
            spots[size, weak] = find_sweet_spot(table.columns, table.to_numpy(), resamples=resamples, rng=rng)
    return spots
