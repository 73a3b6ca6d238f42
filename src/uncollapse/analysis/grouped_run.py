"""Groups of further models as claims ask for them: who solved which test prompt, by group and data set."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from uncollapse.analysis.correctness import correctness
from uncollapse.analysis.labellers import Cell, alike, by_labeller, own_correctness


@dataclass(frozen=True, kw_only=True)
class GroupedRun:
    """The frames of one experiment.

    ``groups``: group, start (name of a model, or null), dataset, select, beams, verifier, verifier_kind, tolerance,
    rows. ``group_evaluations`` and ``group_outcomes`` are of the groups' models, ``evaluations`` and ``outcomes`` of
    generators and of the students of ``downstream``; ``labellers``: labeller, model, group.
    """

    groups: pd.DataFrame
    evaluations: pd.DataFrame
    outcomes: pd.DataFrame
    group_evaluations: pd.DataFrame
    group_outcomes: pd.DataFrame
    labellers: pd.DataFrame

    def decoding(self) -> str:
        """Name of greedy decoding: the one with a single beam."""
        return str(self.group_evaluations.loc[self.group_evaluations["beams"] == 1, "decoding"].iloc[0])

    def solved(self, group: str, dataset: str, tolerance: float) -> Cell:
        """(S, N) greedy correctness of a group's models on a data set, by seed, for each labeller."""
        chosen = self.group_evaluations[
            (self.group_evaluations["group"] == group) & (self.group_evaluations["dataset"] == dataset)
        ]
        return self._cell(chosen, self.group_outcomes, tolerance)

    def from_scratch(self, dataset: str, tolerance: float) -> Cell:
        """(S, N) greedy correctness of the students of ``downstream`` on a data set; empty where there are none."""
        students = self.evaluations[self.evaluations["role"] == "downstream"]
        return self._cell(students[students["dataset"] == dataset], self.outcomes, tolerance)

    def _cell(self, models: pd.DataFrame, outcomes: pd.DataFrame, tolerance: float) -> Cell:
        return by_labeller(
            models, outcomes, decoding=self.decoding(), tolerance=tolerance, labellers=alike(self.labellers)
        )

    def model(self, name: str, tolerance: float) -> np.ndarray:
        """(1, N) greedy correctness of one model, whichever frame it is in."""
        found = self.group_outcomes if (self.group_outcomes["model"] == name).any() else self.outcomes
        return correctness(found, models=[name], decoding=self.decoding(), tolerance=tolerance)

    def shared(self, name: str, tolerance: float) -> Cell:
        """(1, N) greedy correctness of one model, the same for each labeller."""
        model = self.model(name, tolerance)
        return dict.fromkeys(alike(self.labellers)["labeller"], model)

    def generator(self, tolerance: float) -> Cell:
        """(1, N) greedy correctness of each generator that wrote labels."""
        return own_correctness(alike(self.labellers), self.outcomes, decoding=self.decoding(), tolerance=tolerance)
