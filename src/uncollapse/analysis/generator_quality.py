"""Students beside the generators that wrote their labels, over generators of many qualities and lengths of training."""

from dataclasses import dataclass

import pandas as pd

from uncollapse.analysis.dataset_words import dataset_words
from uncollapse.analysis.formatting import number
from uncollapse.analysis.labellers import THEMSELVES, Design, alike, by_labeller, own_correctness
from uncollapse.statistics.estimate import Estimate

TOLERANCE = 0.02


@dataclass(frozen=True, kw_only=True)
class Gain:
    """Students of one selection minus the generators that wrote their labels, percentage points.

    ``group`` is the config's group of these generators, empty for those of ``generator``; ``level`` their accuracy,
    percent.
    """

    group: str
    level: float
    dataset: str
    words: str
    gap: Estimate

    @property
    def label(self) -> str:
        """Words for a part of a claim."""
        return f"{self.words}, generators of {number(self.level)}%"


def by_length(groups: pd.DataFrame, datasets: pd.DataFrame, lengths: pd.DataFrame) -> dict[str, int]:
    """Steps of training by the group of students: ``downstream`` (an empty name) and groups alike but for their length.

    Such a group trains from scratch on labels of data sets that ``downstream`` has too.
    """
    known = set(datasets.loc[datasets["select"] != "labels", "dataset"])
    steps = lengths.dropna(subset=["steps"]).set_index("group")["steps"].astype(int)
    scratch = groups[groups["start"].isna()].groupby("group")["dataset"].agg(set)
    alike_but_for_it = [group for group, names in scratch.items() if names <= known]
    return {group: int(steps[group]) for group in ("", *alike_but_for_it) if group in steps.index}


def gains(
    *,
    datasets: pd.DataFrame,
    evaluations: pd.DataFrame,
    outcomes: pd.DataFrame,
    group_outcomes: pd.DataFrame,
    labellers: pd.DataFrame,
    tolerance: float = TOLERANCE,
    others: pd.DataFrame | None = None,
) -> list[Gain]:
    """Gains of students of ``downstream`` on their generators, for every selection and each quality of generators.

    ``others``: evaluations of the students of a group, in the place of those of ``downstream``.

    Weaker generators come first; true labels, which no generator wrote, are left out. A single generator of another
    quality, with one student a selection, is taken to have the spread of the generators of ``generator``.
    """
    decoding = str(evaluations.loc[evaluations["beams"] == 1, "decoding"].iloc[0])
    students, wrote = evaluations[evaluations["role"] == "downstream"], outcomes
    if others is not None:
        students, wrote = others, group_outcomes
    words = dataset_words(datasets.to_dict("records"))
    found, lent = [], (0.0, 0)
    for group in sorted(labellers["group"].unique()):  # those of generator first
        chosen = alike(labellers, group)
        chosen = chosen[chosen["labeller"].isin(students["labeller"])]
        if chosen.empty:
            continue
        themselves = own_correctness(
            chosen, group_outcomes if group else outcomes, decoding=decoding, tolerance=tolerance
        )
        cells = {}
        for name in datasets.loc[datasets["select"] != "labels", "dataset"]:
            of_set = students[students["dataset"] == name]
            cell = by_labeller(of_set, wrote, decoding=decoding, tolerance=tolerance, labellers=chosen)
            if cell:
                cells[name] = cell
        design = Design({THEMSELVES: themselves, **cells}, lent=lent)
        lent = lent if group else design.pooled
        level = design.accuracy(THEMSELVES)
        found += [
            Gain(group=group, level=level, dataset=name, words=words[name], gap=design.difference(name, THEMSELVES))
            for name in cells
        ]
    return sorted(found, key=lambda gain: gain.level)


def at_other_lengths(
    *,
    groups: pd.DataFrame,
    lengths: pd.DataFrame,
    datasets: pd.DataFrame,
    evaluations: pd.DataFrame,
    group_evaluations: pd.DataFrame,
    outcomes: pd.DataFrame,
    group_outcomes: pd.DataFrame,
    labellers: pd.DataFrame,
) -> dict[int, list[Gain]]:
    """Gains as :func:`gains` of students alike but for their length of training, by their steps."""
    return {
        steps: gains(
            datasets=datasets, evaluations=evaluations, outcomes=outcomes, group_outcomes=group_outcomes,
            labellers=labellers, others=group_evaluations[group_evaluations["group"] == group],
        )
        for group, steps in by_length(groups, datasets, lengths).items()
        if group
    }  # fmt: skip


def range_in_words(found: list[Gain], dataset: str) -> str:
    """Words on where students of a selection pass their generators and where they stay below; empty for none.

    >>> gap = lambda value: Estimate(value, value - 1, value + 1)
    >>> of = lambda level, value: Gain(group="", level=level, dataset="a", words="2% filter", gap=gap(value))
    >>> range_in_words([of(45, 5), of(71, -9)], "a")
    '2% filter: above its generators at 45.0%, below them at 71.0%'
    """
    mine = [gain for gain in found if gain.dataset == dataset]
    if not mine:
        return ""
    told = []
    for verb, chosen in (
        ("above its generators", [gain for gain in mine if gain.gap.low > 0]),
        ("not told apart", [gain for gain in mine if not (gain.gap.low > 0 or gain.gap.high < 0)]),
        ("below them", [gain for gain in mine if gain.gap.high < 0]),
    ):
        if chosen:
            told.append(f"{verb} at {' and '.join(f'{number(gain.level)}%' for gain in chosen)}")
    return f"{mine[0].words}: {', '.join(told)}"
