"""Groups of further models as claims ask for them: who solved which test prompt, by group and data set."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from uncollapse.analysis.correctness import correctness


@dataclass(frozen=True, kw_only=True)
class GroupedRun:
    """The frames of one experiment.

    ``groups``: group, start (name of a model, or null), dataset, select, beams, verifier, verifier_kind, tolerance,
    rows. ``group_evaluations`` and ``group_outcomes`` are of the groups' models, ``evaluations`` and ``outcomes`` of
    generators and of the students of ``downstream``.
    """

    groups: pd.DataFrame
    evaluations: pd.DataFrame
    outcomes: pd.DataFrame
    group_evaluations: pd.DataFrame
    group_outcomes: pd.DataFrame
    labelling_seed: int

    def decoding(self) -> str:
        """Name of greedy decoding: the one with a single beam."""
        return str(self.group_evaluations.loc[self.group_evaluations["beams"] == 1, "decoding"].iloc[0])

    def solved(self, group: str, dataset: str, tolerance: float) -> np.ndarray:
        """(S, N) greedy correctness of a group's models on a data set, by seed."""
        chosen = self.group_evaluations[
            (self.group_evaluations["group"] == group) & (self.group_evaluations["dataset"] == dataset)
        ]
        models = list(chosen.sort_values("seed")["model"].unique())
        return correctness(self.group_outcomes, models=models, decoding=self.decoding(), tolerance=tolerance)

    def from_scratch(self, dataset: str, tolerance: float) -> np.ndarray | None:
        """(S, N) greedy correctness of the students of ``downstream`` on a data set; None where there are none."""
        students = self.evaluations[self.evaluations["role"] == "downstream"]
        models = list(students[students["dataset"] == dataset].sort_values("seed")["model"].unique())
        if not models:
            return None
        return correctness(self.outcomes, models=models, decoding=self.decoding(), tolerance=tolerance)

    def model(self, name: str, tolerance: float) -> np.ndarray:
        """(1, N) greedy correctness of one model, whichever frame it is in."""
        found = self.group_outcomes if (self.group_outcomes["model"] == name).any() else self.outcomes
        return correctness(found, models=[name], decoding=self.decoding(), tolerance=tolerance)

    def generator(self, tolerance: float) -> np.ndarray:
        """(1, N) greedy correctness of the generator that wrote the labels."""
        return self.model(f"generator-seed{self.labelling_seed}", tolerance)
