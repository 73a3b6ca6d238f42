"""Scores of summaries per model and test prompt, and the selectors in order: the common ground of their products."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from uncollapse.errors import DataError
from uncollapse.statistics.estimate import Estimate

POINTS = 100.0  # ROUGE as the paper draws it, in points from 0 to 100


@dataclass(frozen=True, kw_only=True)
class SummaryScores:
    """The frames of one text experiment.

    ``outcomes``: model, dataset, role, seed, decoding, prompt_id, metric, value; ``datasets``: dataset, select,
    verifier, verifier_kind, verifier_model, share; ``further``: model, train_share, same_base.
    """

    outcomes: pd.DataFrame
    datasets: pd.DataFrame
    further: pd.DataFrame
    labelling_seed: int

    def of(self, model: str, metric: str = "rouge1") -> np.ndarray:
        """(N,) points of one model on the test prompts, in prompt order.

        Raises
        ------
        DataError
            Where it was not evaluated.
        """
        rows = self.outcomes[(self.outcomes["model"] == model) & (self.outcomes["metric"] == metric)]
        if rows.empty:
            raise DataError(f"no outcomes of {model!r} by {metric}")
        return POINTS * rows.sort_values("prompt_id")["value"].to_numpy()

    def generator(self, metric: str = "rouge1") -> np.ndarray:
        """(1, N): the generator that wrote the candidates."""
        return self.of(f"generator-seed{self.labelling_seed}", metric)[None]

    def original(self, metric: str = "rouge1") -> np.ndarray | None:
        """(1, N): the model on all original answers, from the same base; None where there is none."""
        if self.further.empty:
            return None
        whole = self.further[(self.further["train_share"] == 1) & self.further["same_base"].astype(bool)]
        return None if whole.empty else self.of(str(whole["model"].iloc[0]), metric)[None]

    def students(self, dataset: str, metric: str = "rouge1") -> np.ndarray:
        """(S, N): the students of one data set, by seed."""
        rows = self.outcomes[(self.outcomes["role"] == "downstream") & (self.outcomes["dataset"] == dataset)]
        seeds = sorted(rows["seed"].unique())
        return np.stack([self.of(f"{dataset}-seed{seed}", metric) for seed in seeds])

    def selectors(self) -> dict[str, dict[float, str]]:
        """Data set by selector and share, as config lists them; a second one of both is told apart by its name."""
        found: dict[str, dict[float, str]] = {}
        for row in self.datasets.to_dict("records"):
            shares = found.setdefault(selector_of(row), {})
            if row["share"] in shares:
                shares = found.setdefault(row["dataset"], {})
            shares[float(row["share"])] = row["dataset"]
        return found

    def shares(self) -> list[float]:
        """All shares of selected candidates, smallest first."""
        return sorted({share for shares in self.selectors().values() for share in shares})


def selector_of(row: dict) -> str:
    """The verifier's name for ``top``; else the selector's own: random, all, labels."""
    return str(row["verifier"]) if row["select"] == "top" else str(row["select"])


def breakdown_points(proxy: pd.DataFrame) -> dict[str, Estimate]:
    """p_* by data set at the config's threshold, from dataset, chosen, quantity, value, low, high; where defined."""
    rows = proxy[proxy["chosen"].astype(bool) & (proxy["quantity"] == "p_star")].dropna(subset=["value"])
    found = {}
    for name, value, low, high in rows[["dataset", "value", "low", "high"]].itertuples(index=False):
        bounds = (value, value) if pd.isna(low) or pd.isna(high) else (low, high)
        found[str(name)] = Estimate(float(value), *map(float, bounds))
    return found
