"""The summaries experiment as its claims ask for it: students' scores by selector and share, and p_* of their data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from uncollapse.analysis.formatting import number
from uncollapse.analysis.pooled_seeds import SeedSpread
from uncollapse.analysis.summary_scores import SummaryScores
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.statistics.estimate import Estimate


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
        """The spread over seeds, pooled over all students."""
        return SeedSpread.of(self.students.values())

    def datasets(self, role: str) -> dict[float, str]:
        """Data sets of oracle, weak, self or random selection by share, smallest first."""
        found = {}
        for row in self.scores.datasets.to_dict("records"):
            if row["dataset"] in self.students and _role(row) == role:
                found[float(row["share"])] = str(row["dataset"])
        return dict(sorted(found.items()))

    def gain(self, dataset: str, over: str | None = None) -> Estimate:
        """Students of a data set minus those of another, or minus the generator, on the same articles."""
        second = self.generator if over is None else self.students[over]
        return self.spread.difference(self.students[dataset], second, fixed=over is None)

    def part(self, dataset: str, over: str | None = None, *limits: float) -> Part:
        """The gain of a data set's students over those of another, or over the generator, as part of a claim."""
        other = "generator" if over is None else self.words[over]
        return Part(f"{self.words[dataset]} minus {other}", self.gain(dataset, over), *limits)

    def over_original(self, dataset: str) -> Estimate | None:
        """Students of a data set minus the model on all original answers; None where there is none."""
        original = self.scores.original()
        return None if original is None else self.spread.difference(self.students[dataset], original, fixed=True)

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
        names = [name for asked in rows["verifier_model"] for name in self.scores.further["model"] if _is(name, asked)]
        return names[0] if names else None

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
        self, claim: str, statistic: str, parts: Sequence[Part], *, needs: str, before: str = "", after: str = ""
    ) -> Finding:
        """Finding of a claim from parts, told between ``before`` and ``after``; without parts, what it ``needs``."""
        opening, closing = (" ".join(filter(None, told)) for told in ((before, self.levels), (after, self.about)))
        return conclude(claim, statistic, parts, needs=needs, opening=opening, closing=closing)


def _is(model: str, name: str) -> bool:
    return model.rpartition("-seed")[0] == name


def _role(row: dict) -> str:
    """The paper's name for a selector, or its own where it is none of the four."""
    if row["select"] != "top":
        return str(row["select"])
    if row["verifier_kind"] == "rouge":
        return "oracle"
    if row["verifier_kind"] != "perplexity":
        return str(row["verifier"])
    return "self" if row["verifier_model"] == "generator" else "weak" if row["verifier_model"] != "base" else "base"
