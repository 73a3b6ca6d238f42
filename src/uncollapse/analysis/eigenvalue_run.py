"""The eigenvalue experiment as its claims ask for it: who solved which test matrix, by decoding and by training set."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from uncollapse.analysis.correctness import correctness
from uncollapse.analysis.dataset_words import dataset_words
from uncollapse.analysis.formatting import number
from uncollapse.analysis.labellers import THEMSELVES, Cell, Design, alike, by_labeller, own_correctness
from uncollapse.analysis.selected_labels import settings

# Table 1 and Table 2 print these three; 5% is announced in appendix B and never reported.
TOLERANCES = (0.02, 0.01, 0.005)
# "About two thirds", in percent: nearer to 2/3 than to the neighbouring sixths, 1/2 and 5/6.
ABOUT_TWO_THIRDS = (100 * 7 / 12, 100 * 3 / 4)
# "About 200k" exact examples of 5 x 5 matrices: within a factor of two, and that matrix size.
PAPER_EXAMPLES, PAPER_MATRIX_SIZE = (100_000, 400_000), 5
# points of validation accuracy between the last two measurements, above which an explanation says "still improving"
STILL_RISING = 1.0


@dataclass(frozen=True, kw_only=True)
class EigenvalueRun:
    """The frames of one experiment and its size.

    ``evaluations``: model, dataset, role, seed, decoding, beams, ...; ``outcomes``: model, decoding, prompt_id,
    first_error, best_error; ``datasets``: dataset, select, beams, tolerance, rows; ``proxy``: dataset, quantity, value.
    ``labellers``: labeller, model, group. ``curves`` (model, dataset, seed, step, examples, validation_accuracy) and
    ``kept`` (dataset, feature, kept_mean, dropped_mean) serve explanations only. ``training_examples`` is the number of
    exact examples the generator saw, ``matrix_size`` the n of its n x n matrices.
    """

    evaluations: pd.DataFrame
    outcomes: pd.DataFrame
    datasets: pd.DataFrame
    proxy: pd.DataFrame
    matrix_size: int
    training_examples: int
    labellers: pd.DataFrame
    curves: pd.DataFrame | None = None
    kept: pd.DataFrame | None = None

    @property
    def at_the_papers_size(self) -> bool:
        """Whether matrices and exact examples are about the paper's: shares of right answers depend on both."""
        low, high = PAPER_EXAMPLES
        return self.matrix_size == PAPER_MATRIX_SIZE and low <= self.training_examples <= high

    def decodings(self) -> dict[int, str]:
        """Name of the decoding by beam width, narrowest first; two with one width are an error."""
        names: dict[int, str] = {}
        pairs = self.evaluations[["beams", "decoding"]].drop_duplicates().sort_values(["beams", "decoding"])
        for beams, decoding in pairs.itertuples(index=False):
            if int(beams) in names:
                raise ValueError(f"decodings {names[int(beams)]!r} and {decoding!r} both have {beams} beams: pass one")
            names[int(beams)] = decoding
        return names

    def generator_beams(self) -> list[int]:
        """The beam widths with which generators were evaluated."""
        generators = self.evaluations[self.evaluations["role"] == "generator"]
        return sorted({int(beams) for beams in generators["beams"]})

    def generators(self, beams: list[int]) -> list[str]:
        """The generators (by seed) that were evaluated with every one of ``beams``."""
        rows = self.evaluations[(self.evaluations["role"] == "generator") & self.evaluations["beams"].isin(beams)]
        widths = rows.groupby(["seed", "model"])["beams"].nunique()
        return [model for _, model in widths[widths == len(beams)].index]

    def generator(self, models: list[str], beams: int, tolerance: float, error: str = "first_error") -> np.ndarray:
        """(S, N) correctness of generators at one beam width."""
        return correctness(
            self.outcomes, models=models, decoding=self.decodings()[beams], tolerance=tolerance, error=error
        )

    def labeller(self, tolerance: float) -> Cell:
        """(1, N) greedy correctness of each generator that wrote labels."""
        return own_correctness(alike(self.labellers), self.outcomes, decoding=self.decodings()[1], tolerance=tolerance)

    def students(self, dataset: str, tolerance: float) -> Cell:
        """(S, N) greedy correctness of the students on ``dataset``, by seed, for each labeller."""
        downstream = self.evaluations[self.evaluations["role"] == "downstream"]
        return by_labeller(
            downstream[downstream["dataset"] == dataset],
            self.outcomes,
            decoding=self.decodings()[1],
            tolerance=tolerance,
            labellers=alike(self.labellers),
        )

    def design(self, tolerance: float) -> Design:
        """Students of unselected and of selected labels, and their labellers."""
        names = self.trained_on("none", "data_selection", "label_selection")
        cells = {name: self.students(name, tolerance) for name in names}
        return Design({THEMSELVES: self.labeller(tolerance), **cells})

    def trained_on(self, *selections: str) -> list[str]:
        """Data sets with one of Table 2's ``selections`` on which students were trained, narrowest beam first."""
        keys = settings(self.datasets)
        downstream = self.evaluations[self.evaluations["role"] == "downstream"]
        trained = set(downstream["dataset"])
        names = [name for name, setting in keys.items() if setting[0] in selections and name in trained]
        return sorted(names, key=lambda name: (selections.index(keys[name][0]), keys[name][1] or 0))

    def rows(self, dataset: str) -> int:
        """Training examples in a data set."""
        return int(self.datasets.set_index("dataset").at[dataset, "rows"])

    def still_improving(self, dataset: str) -> str:
        """A sentence on whether the students of ``dataset`` had stopped improving; empty where curves do not tell."""
        return "" if self.curves is None else still_improving(self.curves, dataset, self.words[dataset])

    @cached_property
    def words(self) -> dict[str, str]:
        """Words for what each data set holds."""
        return dataset_words(self.datasets.to_dict("records"))

    def dropped_prompts(self, dataset: str) -> str:
        """A sentence on how the prompts that a filter drops differ from those it keeps; empty where not measured."""
        if self.kept is None or not (self.kept["dataset"] == dataset).any():
            return ""
        row = self.kept[self.kept["dataset"] == dataset].iloc[0]
        kept, dropped = (number(row[f"{side}_mean"]) for side in ("kept", "dropped"))
        return (
            f"The filter also changes the prompts: mean {row['feature']} {kept} of those kept, {dropped} of the others."
        )

    def proxy_value(self, dataset: str, quantity: str) -> float:
        """A measured quantity of a data set; NaN where it was not measured."""
        found = self.proxy[(self.proxy["dataset"] == dataset) & (self.proxy["quantity"] == quantity)]["value"]
        return float(found.iloc[0]) if len(found) else float("nan")


def still_improving(curves: pd.DataFrame, dataset: str, words: str) -> str:
    """A sentence on whether the models of a data set had stopped improving; empty where curves do not tell.

    ``words`` say what the data set holds.
    """
    measured = curves[curves["dataset"] == dataset].dropna(subset=["validation_accuracy"])
    means = measured.groupby("examples")["validation_accuracy"].mean()
    if len(means) < 2:
        return ""
    gain = 100 * (means.iloc[-1] - means.iloc[-2])
    steps = int(measured["step"].max())
    if gain < STILL_RISING:
        return f"After {steps:,} steps students of {words} had stopped improving."
    last, seen = means.index[-1] - means.index[-2], means.index[-1]
    return (
        f"Students of {words} still improved when they stopped at {steps:,} steps: {number(gain)} points "
        f"on validation prompts over the last {last:,} of {seen:,} examples. Part of the gap is short training."
    )
