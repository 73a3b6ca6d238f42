"""Zhu et al. 2024, Table 13: does selecting machine-written text repair it, and is it as good as a mixture?"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from uncollapse.analysis.contrasts import percent, relative
from uncollapse.analysis.mixture_scores import human_log_perplexity, named, of_first, plain, selection_words, spaced
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.statistics.replicates import Replicates

SHARE = "machine_share_percent"
A_TENTH = 10.0  # percent; the first reading of "does not repair"
_HALFWAY = (
    "Perplexities are averaged over domains as logarithms, so that a change weighs the same in each. Repaired is text "
    "that closes at least half of the gap between all synthetic and all human text: one million tokens that the "
    "paper's DSIR chose lower its perplexities by up to 28 percent, and it does not call them repaired."
)
_NEEDS = "It takes models trained on purely synthetic text, on selections of it, and on mixtures."


@dataclass(frozen=True)
class Selected:
    """Models on plain mixtures and on selections of purely machine-written text, all of the first architecture.

    scores : perplexities with what each model was trained on
    chosen : selector by the name of a data set of selected text
    mixed : name of the data set of plain text by its machine-written share, percent
    """

    scores: pd.DataFrame
    chosen: dict[str, str]
    mixed: dict[float, str]

    @staticmethod
    def of(perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> "Selected":
        """The models of an experiment, from its frames."""
        models, mixed = of_first(trained_models), plain(trained_models)
        chosen = models[models["selection"].notna() & (models[SHARE] == 100)]
        scores = named(perplexities, pd.concat([mixed, chosen]))
        return Selected(
            scores,
            dict(chosen[["dataset", "selection"]].drop_duplicates().itertuples(index=False, name=None)),
            dict(mixed[[SHARE, "dataset"]].drop_duplicates().itertuples(index=False, name=None)),
        )

    @property
    def words(self) -> dict[str, str]:
        """Words for what each selection goes by."""
        return selection_words(self.scores)

    @property
    def average(self) -> Replicates:
        """Log perplexity of each model on human text, the mean over domains, by data set."""
        return Replicates.of(human_log_perplexity(self.scores), "dataset", "log_perplexity")

    @property
    def domains(self) -> dict[str, Replicates]:
        """Log perplexity of each model by data set, for each domain of human text."""
        human = self.scores[self.scores["written_by"] == "human"].assign(log=lambda rows: np.log(rows["perplexity"]))
        return {str(name): Replicates.of(rows, "dataset", "log") for name, rows in human.groupby("corpus", sort=False)}

    def by(self, selector: str) -> list[str]:
        """The data sets that a selector chose."""
        return [name for name, kind in self.chosen.items() if kind == selector]


def check(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> list[Finding]:
    """zhu-T13-b and zhu-T13-c: selected purely synthetic text against all of it, and against the 75% mixture."""
    text = Selected.of(perplexities, trained_models)
    tried = dict.fromkeys(text.chosen.values())
    names = ", ".join(kind.upper() if kind == "dsir" else kind for kind in tried)
    return [
        conclude(
            "zhu-T13-b",
            "how much higher human text's perplexity is after DSIR than halfway from all synthetic to all human text "
            "(percent)",
            above_halfway("dsir", text),
            needs=_NEEDS,
            opening=_HALFWAY,
        ),
        conclude(
            "zhu-T13-b",
            "how much lower human text's perplexity is after DSIR than after all synthetic text (percent)",
            _below_unselected("dsir", text),
            needs=_NEEDS,
            reading=1,
        ),
        conclude(
            "zhu-T13-c",
            "how much higher a human domain's perplexity is after selection than at a 75% mixture (percent)",
            _above_mixture(text),
            needs=_NEEDS,
            opening=f"Selectors tried here, of the paper's DSIR, classifier, perplexity and density: {names}.",
        ),
        conclude(
            "zhu-T13-c",
            "how much higher human text's perplexity is after selection than at a 75% mixture, over domains (percent)",
            _above_mixture_on_average(text),
            needs=_NEEDS,
            reading=1,
        ),
    ]


def _above_mixture(text: Selected) -> list[Part]:
    """Parts on selections against the 75% mixture, on each human domain that all of the synthetic text leaves above it.

    Elsewhere there is nothing to repair: on each of the paper's seven sets unselected text is far worse.
    """
    if not {75, 100} <= text.mixed.keys():
        return []
    most, whole = text.mixed[75], text.mixed[100]
    hurt = {name: groups for name, groups in text.domains.items() if groups.means[whole] > groups.means[most]}
    return [
        Part(f"{text.words[name]} on {spaced(domain)}", relative(groups, name, most), unit="percent")
        for name in text.chosen
        for domain, groups in hurt.items()
    ]


def _above_mixture_on_average(text: Selected) -> list[Part]:
    """Parts on selections against the 75% mixture, averaged over human domains as logarithms."""
    if 75 not in text.mixed:
        return []
    return [
        Part(text.words[name], relative(text.average, name, text.mixed[75]), unit="percent") for name in text.chosen
    ]


def _below_unselected(selector: str, text: Selected) -> list[Part]:
    """Parts on how much a selector lowers perplexity below that of all synthetic text: by less than a tenth."""
    if 100 not in text.mixed:
        return []
    return [
        Part(text.words[name], relative(text.average, name, text.mixed[100]).negated, -math.inf, A_TENTH, "percent")
        for name in text.by(selector)
    ]


def above_halfway(selector: str, text: Selected) -> list[Part]:
    """The excess of perplexity after a selector over halfway to that of human text, one part a selection; maybe none.

    What repairs synthetic text closes at least half of the gap, in logarithms, that it leaves to human text.
    """
    if not {0, 100} <= text.mixed.keys():
        return []
    groups, human, machine = text.average, text.mixed[0], text.mixed[100]
    gap = groups.means[machine] - groups.means[human]
    if gap <= 0:
        return []  # nothing to repair
    parts = []
    for name in text.by(selector):
        change = groups.contrast({name: 1.0, human: -0.5, machine: -0.5})
        closed = (groups.means[machine] - groups.means[name]) / gap
        label = f"{text.words[name]}, which closes {100 * closed:.0f}% of the gap of logarithms"
        parts.append(Part(label, percent(change), unit="percent"))
    return parts
