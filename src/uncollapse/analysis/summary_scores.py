"""The summaries experiment as its products ask for it: scores per model and test prompt, selectors, and p_*."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from uncollapse.analysis.correctness import SeedSpread
from uncollapse.analysis.formatting import number
from uncollapse.analysis.verdict import Finding, Part, conclude
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
    records = rows[["dataset", "value", "low", "high"]].itertuples(index=False)
    return {str(name): Estimate.known(*map(float, ends)) for name, *ends in records}


@dataclass(kw_only=True)
class SummaryRun:
    """Scores (S, N) in ROUGE-1 points; ``stars`` is p_* by data set; ``train_share`` the generator's part of the pool.

    The four selectors of the paper are told by what they ask: ``oracle`` by the true answer, ``self`` by the generator,
    ``weak`` by another model; ``random`` asks nobody. ``baselines`` are mean scores without any model.
    """

    scores: SummaryScores
    stars: dict[str, Estimate]
    train_share: float
    baselines: dict[str, float] = field(default_factory=dict)

    @cached_property
    def students(self) -> dict[str, np.ndarray]:
        """Scores of all students by data set."""
        trained = self.scores.outcomes[self.scores.outcomes["role"] == "downstream"]["dataset"].unique()
        names = [name for name in self.scores.datasets["dataset"] if name in set(trained)]
        return {name: self.scores.students(name) for name in names}

    @cached_property
    def generator(self) -> np.ndarray:
        """Scores (1, N) of the generator that wrote the candidates."""
        return self.scores.generator()

    @cached_property
    def spread(self) -> SeedSpread:
        """The spread over seeds of all students."""
        return SeedSpread(self.students)

    def datasets(self, role: str) -> dict[float, str]:
        """Data sets of oracle, weak, self or random selection by share, smallest first."""
        found = {}
        for row in self.scores.datasets.to_dict("records"):
            if row["dataset"] in self.students and _role(row) == role:
                found[float(row["share"])] = str(row["dataset"])
        return dict(sorted(found.items()))

    def gain(self, dataset: str, over: str | None = None) -> Estimate:
        """Students of a data set minus those of another, or minus the generator, on the same articles."""
        return self.spread.difference(dataset, self.generator if over is None else over)

    def part(self, dataset: str, over: str | None = None, *limits: float) -> Part:
        """The gain of a data set's students over those of another, or over the generator, as part of a claim."""
        other = "generator" if over is None else self.words[over]
        return Part(f"{self.words[dataset]} minus {other}", self.gain(dataset, over), *limits)

    def over_original(self, dataset: str) -> Estimate | None:
        """Students of a data set minus the model on all original answers; None where there is none."""
        original = self.scores.original()
        return None if original is None else self.spread.difference(dataset, original)

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
        names = {name.rpartition("-seed")[0]: name for name in self.scores.further["model"][::-1]}  # the first seed's
        return next((names[asked] for asked in rows["verifier_model"] if asked in names), None)

    @property
    def about(self) -> str:
        """Scores without a model, and the source of intervals, for an explanation."""
        known = {"lead": "the article's first words", "random": "another article's summary"}
        levels = [f"{known[name]} {number(value)}" for name, value in self.baselines.items() if name in known]
        return " ".join(filter(None, (f"Without a model: {', '.join(levels)}." if levels else "", self.spread.words)))

    @property
    def levels(self) -> str:
        """Means of the generator and of all students, for an explanation."""
        levels = [f"generator: {number(self.generator.mean())}"]
        original = self.scores.original()
        levels += [f"all original answers: {number(original.mean())}"] if original is not None else []
        levels += [f"{self.words[name]}: {number(scores.mean())}" for name, scores in self.students.items()]
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
    ) -> Finding:
        """Finding of a claim from parts, told between ``before`` and ``after``; without parts, what it ``needs``."""
        opening, closing = (" ".join(filter(None, told)) for told in ((before, self.levels), (after, self.about)))
        return conclude(claim, statistic, parts, needs=needs, opening=opening, closing=closing, premise=premise)


def _role(row: dict) -> str:
    """The paper's name for a selector, or its own where it is none of the four."""
    if row["select"] != "top":
        return str(row["select"])
    if row["verifier_kind"] == "rouge":
        return "oracle"
    if row["verifier_kind"] != "perplexity":
        return str(row["verifier"])
    return "self" if row["verifier_model"] == "generator" else "weak" if row["verifier_model"] != "base" else "base"
