"""The summaries experiment as its products ask for it: scores per model and test prompt, selectors, and p_*.

A labeller is a draw of the pool: a generator that saw its own part of a pool of its own, which it labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from uncollapse.analysis.formatting import number
from uncollapse.analysis.labellers import THEMSELVES, Cell, Design
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.errors import DataError
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import mean_interval

POINTS = 100.0  # ROUGE as the paper draws it, in points from 0 to 100


@dataclass(frozen=True, kw_only=True)
class SummaryScores:
    """The frames of one text experiment.

    ``outcomes``: model, dataset, labeller, role, seed, decoding, prompt_id, metric, value; ``datasets``: dataset,
    select, verifier, verifier_kind, verifier_model, share; ``further``: name, train_share, same_base; ``labellers``:
    labeller, model. A labeller is a draw of the pool with the generator that saw its part of it.
    """

    outcomes: pd.DataFrame
    datasets: pd.DataFrame
    further: pd.DataFrame
    labellers: pd.DataFrame

    def of(self, models: Sequence[str], metric: str = "rouge1") -> np.ndarray:
        """(S, N) points of models on the test prompts, in prompt order.

        Raises
        ------
        DataError
            Where one was not evaluated.
        """
        lines = []
        for model in models:
            rows = self.outcomes[(self.outcomes["model"] == model) & (self.outcomes["metric"] == metric)]
            if rows.empty:
                raise DataError(f"no outcomes of {model!r} by {metric}")
            lines.append(POINTS * rows.sort_values("prompt_id")["value"].to_numpy())
        return np.stack(lines)

    def generator(self, metric: str = "rouge1") -> Cell:
        """(1, N) of the generator that wrote the candidates of each draw."""
        wrote = self.labellers[["labeller", "model"]].itertuples(index=False)
        return {labeller: self.of([model], metric) for labeller, model in wrote}

    def original(self) -> str | None:
        """The name of the model on all original answers, from the same base; None where there is none."""
        if self.further.empty:
            return None
        whole = self.further[(self.further["train_share"] == 1) & self.further["same_base"].astype(bool)]
        return None if whole.empty else str(whole["name"].iloc[0])

    def trained_on(self, dataset: str, metric: str = "rouge1") -> Cell:
        """(S, N) of the students of one data set by seed, or of the further model of that name, for each draw."""
        rows = self.outcomes[(self.outcomes["role"] == "downstream") & (self.outcomes["dataset"] == dataset)]
        found = {}
        for labeller in self.labellers["labeller"]:
            mine = rows[rows["labeller"] == labeller].sort_values("seed")["model"].unique()
            if len(mine):
                found[labeller] = self.of(list(mine), metric)
        return found

    @cached_property
    def students(self) -> list[str]:
        """The data sets that have students."""
        trained = self.outcomes[self.outcomes["role"] == "downstream"]["dataset"].unique()
        return [name for name in self.datasets["dataset"] if name in set(trained)]

    @cached_property
    def design(self) -> Design:
        """Scores of students, of generators and of further models by draw."""
        further = [] if self.further.empty else list(self.further["name"])
        cells = {THEMSELVES: self.generator()}
        cells |= {name: self.trained_on(name) for name in [*further, *self.students]}
        return Design(cells, given=(THEMSELVES, *further))

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
    """p_* by data set at the config's threshold, from dataset, chosen, quantity, value, low, high; where defined.

    One draw of the pool has its bootstrap interval, of several the mean has Student's t over draws.
    """
    rows = proxy[proxy["chosen"].astype(bool) & (proxy["quantity"] == "p_star")].dropna(subset=["value"])
    found = {}
    for name, draws in rows.groupby("dataset", sort=False):
        first = draws.iloc[0]
        found[str(name)] = (
            mean_interval(draws["value"]).within((0.0, 1.0))
            if len(draws) > 1
            else Estimate.known(float(first["value"]), float(first["low"]), float(first["high"]))
        )
    return found


@dataclass(kw_only=True)
class SummaryRun:
    """Scores in ROUGE-1 points; ``stars`` is p_* by data set; ``train_share`` the generators' part of their pools.

    The four selectors of the paper are told by what they ask: ``oracle`` by the true answer, ``self`` by the generator,
    ``weak`` by another model; ``random`` asks nobody. ``baselines`` are mean scores without any model. Comparisons are
    within draws of the pool, which are the unit of replication where there are several.
    """

    scores: SummaryScores
    stars: dict[str, Estimate]
    train_share: float
    baselines: dict[str, float] = field(default_factory=dict)

    @property
    def students(self) -> list[str]:
        """The data sets that have students."""
        return self.scores.students

    @property
    def design(self) -> Design:
        """Scores of students, of generators and of further models by draw."""
        return self.scores.design

    def datasets(self, role: str) -> dict[float, str]:
        """Data sets of oracle, weak, self or random selection by share, smallest first."""
        found = {}
        for row in self.scores.datasets.to_dict("records"):
            if row["dataset"] in self.students and _role(row) == role:
                found[float(row["share"])] = str(row["dataset"])
        return dict(sorted(found.items()))

    def gain(self, dataset: str, over: str | None = None) -> Estimate:
        """Students of a data set minus those of another, or minus their generators, on the same articles."""
        return self.design.difference(dataset, over or THEMSELVES)

    def mean(self, dataset: str) -> float:
        """Mean score of the students of a data set over draws, seeds and articles."""
        return self.design.accuracy(dataset)

    def part(self, dataset: str, over: str | None = None, *limits: float) -> Part:
        """The gain of a data set's students over those of another, or over the generator, as part of a claim."""
        other = "generator" if over is None else self.words[over]
        return Part(f"{self.words[dataset]} minus {other}", self.gain(dataset, over), *limits)

    def over_original(self, dataset: str) -> Estimate | None:
        """Students of a data set minus the model on all original answers; None where there is none."""
        original = self.scores.original()
        return None if original is None else self.design.difference(dataset, original)

    @cached_property
    def words(self) -> dict[str, str]:
        """Selector and share of each data set."""
        return {
            name: f"{selector.replace('_', ' ')} {100 * share:g}%"
            for selector, shares in self.scores.selectors().items()
            for share, name in shares.items()
        }

    def share(self, dataset: str) -> float:
        """The share of candidates that a data set keeps."""
        return float(self.scores.datasets.set_index("dataset").at[dataset, "share"])

    def weak_model(self) -> str | None:
        """The name of the stronger model that selects, where there is one."""
        if self.scores.further.empty:
            return None
        rows = self.scores.datasets[self.scores.datasets["dataset"].isin(list(self.datasets("weak").values()))]
        return next((asked for asked in rows["verifier_model"] if asked in set(self.scores.further["name"])), None)

    @property
    def about(self) -> str:
        """Scores without a model, and the source of intervals, for an explanation."""
        known = {"lead": "the article's first words", "random": "another article's summary"}
        levels = [f"{known[name]} {number(value)}" for name, value in self.baselines.items() if name in known]
        units = self.design.words
        units += " Each of them has a pool of its own." if len(self.design.blocks) > 1 else ""
        return " ".join(filter(None, (f"Without a model: {', '.join(levels)}." if levels else "", units)))

    @property
    def levels(self) -> str:
        """Means of the generator and of all students, for an explanation."""
        levels = [f"generator: {number(self.mean(THEMSELVES))}"]
        original = self.scores.original()
        levels += [f"all original answers: {number(self.mean(original))}"] if original is not None else []
        levels += [f"{self.words[name]}: {number(self.mean(name))}" for name in self.students]
        return f"ROUGE-1 in points: {', '.join(levels)}."

    def finding(
        self,
        claim: str,
        statistic: str,
        parts: Sequence[Part],
        *,
        needs: str,
        before: str = "",
        after: str = "",
        premise: Part | None = None,
        reading: int = 0,
        some: bool = False,
    ) -> Finding:
        """Finding of a claim from parts, told between ``before`` and ``after``; without parts, what it ``needs``."""
        opening, closing = (" ".join(filter(None, told)) for told in ((before, self.levels), (after, self.about)))
        return conclude(
            claim, statistic, parts, needs=needs, opening=opening, closing=closing, premise=premise, reading=reading,
            some=some,
        )  # fmt: skip


def _role(row: dict) -> str:
    """The paper's name for a selector, or its own where it is none of the four."""
    if row["select"] != "top":
        return str(row["select"])
    if row["verifier_kind"] == "rouge":
        return "oracle"
    if row["verifier_kind"] != "perplexity":
        return str(row["verifier"])
    return "self" if row["verifier_model"] == "generator" else "weak" if row["verifier_model"] != "base" else "base"
