"""Claims on training on edited text: by the scores of tasks, by perplexity where no tasks were run, or not at all.

Not at all where an edit of ours is not what Zhu et al. 2024 speak of: one of tokens that a model is nearly sure of. And
their Table 7: its caption says that its rows redraw tokens, the authors' logs that they delete them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from uncollapse.analysis.contrasts import relative
from uncollapse.analysis.edited_scores import UNEDITED, Continued
from uncollapse.analysis.task_scores import ITEMS, accuracies, average_over_tasks
from uncollapse.analysis.verdict import NOT_RUN, Finding, Part, conclude, not_run, phrase
from uncollapse.downstream_tasks.items import BUILDERS, CHOICES
from uncollapse.statistics.replicates import Replicates

NO_TASKS = (
    "The claim is about the scores of tasks, which are not run here: perplexity alone cannot confirm or refute it, but "
    "it can show that perplexity does not change by one percent."
)
ORDERED = (
    "The paper judges by the scores of tasks, which are not run here. Perplexity on held-out text orders texts by how "
    "well a model of them foretells it, and scores need not follow: it decides nothing but that texts are alike."
)
GAIN = (
    "how much higher the average accuracy over tasks is after training on an edit than on the text as it was (points)"
)
NEEDS_SCORES = "It takes the scores of tasks."
SURE = 0.9  # the paper's edits begin at 0.99 or 0.999
ALIKE = 1.0  # percent of perplexity, or of the average score, within which two texts are taken as equally good
# the first row's average score over that of training on the unedited text (Table 2), in percent
PRINTED = 100 * (38.69 / 38.83 - 1)


@dataclass(frozen=True)
class Comparisons:
    """Comparisons that decide a claim, and those that stand beside it without deciding anything."""

    parts: list[Part]
    beside: list[Part]

    @property
    def words(self) -> str:
        """Every comparison with its numbers."""
        return "; ".join(map(phrase, [*self.parts, *self.beside])) or "nothing"


@dataclass(frozen=True)
class TaskScores:
    """Average accuracy in percent by group of models, and the tasks that it is over; without scores both are empty."""

    groups: Replicates
    tasks: list[str]

    @staticmethod
    def of(task_scores: pd.DataFrame | None, models: pd.DataFrame, by: str) -> "TaskScores":
        """Scores of these models, grouped by one of their columns; empty where the experiment has no tasks."""
        if task_scores is None or (scores := accuracies(task_scores, models)).empty:
            return TaskScores(Replicates({}), [])
        group = dict(zip(models["model"], models[by], strict=True))
        averages = average_over_tasks(scores)
        averages = averages.assign(group=averages["model"].map(group))
        return TaskScores(Replicates.of(averages, "group", "value"), sorted(scores["task"].unique()))

    def gain(self, label: str, name: str, before: str) -> list[Part]:
        """The difference in points of one group over another; empty where either was not asked."""
        if not {name, before} <= self.groups.means.keys():
            return []
        delta = ALIKE / 100 * self.groups.means[before]
        return [Part(label, self.groups.contrast({name: 1, before: -1}), delta=delta)]


def conclude_on_tasks(
    claim: str, statistic: str, perplexity: Comparisons, tasks: Comparisons, *, names: Sequence[str], missing: str
) -> list[Finding]:
    """The verdicts from gains on tasks, perplexity beside them, by the first reading and with delta.

    Where there are no tasks, perplexity decides nothing but that a text and its edit are alike within delta.
    ``statistic`` is what is compared in perplexity, ``names`` are those of the tasks, and ``missing`` is what the claim
    takes, where no model was trained for it.
    """
    if tasks.parts:
        beside = f"Beside it: {'; '.join(map(phrase, tasks.beside))}. " if tasks.beside else ""
        opening, closing = f"{_about(names)} {ITEMS}", f"{beside}And {statistic}: {perplexity.words}."
        return [
            conclude(claim, GAIN, parts, opening=opening, closing=closing, reading=reading)
            for reading, parts in ((1, [replace(part, delta=0.0) for part in tasks.parts]), (0, tasks.parts))
        ]
    if not perplexity.parts:
        return [replace(not_run(claim, statistic, missing), reading=reading) for reading in (1, 0)]
    closing = f"Beside it: {'; '.join(map(phrase, perplexity.beside)) or 'nothing'}. {NO_TASKS}"
    found = replace(conclude(claim, statistic, perplexity.parts, closing=closing), verdict="inconclusive")
    if not all(part.alike for part in perplexity.parts):
        return [replace(found, reading=1), found]
    told = f"The interval lies within {ALIKE:g} percent to both sides: as good by perplexity, which tells no scores."
    explanation = f"{told} {found.explanation}"
    return [
        replace(found, reading=1),
        replace(found, verdict="equal within delta", explanation=explanation, needed=""),
    ]


def by_perplexity_alone(finding: Finding, *, alike: bool = False) -> Finding:
    """A finding on how scores of tasks compare of which perplexity alone was measured: equal within delta, or open.

    ``alike``: the claim is that texts are, within limits to both sides of no difference. Any other decided claim is on
    an order, which scores need not share with perplexity.
    """
    if finding.verdict == "reproduced" and alike:
        return replace(finding, verdict="equal within delta")
    if finding.verdict in ("reproduced", "contradicted"):
        return replace(finding, verdict="inconclusive", needed=NEEDS_SCORES)
    return finding


def _about(names: Sequence[str]) -> str:
    """A sentence on the tasks by name, and on those of them that are ours.

    >>> _about(["next_words", "piqa"])
    'Tasks: next words, piqa. Made of test passages of human corpora, with 4 choices: next words.'
    >>> _about(["next_words"])
    'Tasks: next words. Made of test passages of human corpora, with 4 choices: all.'
    """
    words = {name: name.replace("_", " ") for name in names}
    made = [words[name] for name in names if name in BUILDERS]
    which = "all" if len(made) == len(names) else ", ".join(made)
    source = f" Made of test passages of human corpora, with {CHOICES} choices: {which}." if made else ""
    return f"Tasks: {', '.join(words.values())}.{source}"


def least_probabilities(edits: pd.DataFrame, edit_counts: pd.DataFrame) -> dict[str, float]:
    """The probability from which each edit of probable tokens edits: where config has a share, the one it came to."""
    first = edit_counts[edit_counts["generation"] == 1].groupby("edit")["threshold"].first().to_dict()
    return {
        row["edit"]: float(first.get(row["edit"], math.nan if row["share"] else row["threshold"]))
        for row in edits.fillna({"share": 0.0}).to_dict("records")
        if row["direction"] == ">="
    }


def where_sure(finding: Finding, compared: Iterable[str], least: dict[str, float]) -> Finding:
    """The finding, or that it was not run where an edit that it compares begins far below the paper's threshold.

    One such edit is enough: a claim on several stays whole. What was measured stays in the explanation.
    """
    found = {name: least[name] for name in compared if name in least}
    unsure = {name: p for name, p in found.items() if not p >= SURE}
    if not unsure or finding.verdict == NOT_RUN:
        return finding
    lowest = min(unsure.values())
    told = (
        f"Not the paper's edit: its models are nearly sure of the tokens that it draws again (p of 0.99 or more), ours "
        f"gives them p of {lowest:.2g} or more, so that this decides nothing about the claim. "
    )
    nothing = {"value": math.nan, "low": math.nan, "high": math.nan}
    return replace(finding, verdict=NOT_RUN, explanation=told + finding.explanation, **nothing)


def logs_or_caption(group: Continued, scores: Replicates, redrawn: str) -> str:
    """Sentences on which of the two our models support; empty where no tokens were deleted.

    ``redrawn`` names the edit that redraws tokens; its counterpart deletes all that it may edit, or failing that, as
    many as it changes. The printed row lies next to the unedited text's score, so what our models take for it is the
    one of the two that is nearer to the unedited text, where they can be told apart.
    """
    edits = group.edits
    like = edits[edits["rule"] == redrawn].iloc[0]
    same = (edits[["threshold", "share", "direction"]] == like[["threshold", "share", "direction"]]).all(axis=1)
    found = edits[same & (edits["action"] == "delete")].sort_values("as_many_as", na_position="first")
    if found.empty:
        return ""
    deleted = found["rule"].iloc[0]
    changes = {name: relative(scores, UNEDITED, name) for name in (deleted, redrawn)}
    apart = relative(scores, redrawn, deleted)
    if not (apart.low > 0 or apart.high < 0):  # also where one seed gives no interval
        support = "our models cannot tell the two apart"
    else:
        nearer = min(changes, key=lambda name: abs(changes[name].value))
        support = f"our models support the {'logs' if nearer == deleted else 'caption'}"
    told = "; ".join(phrase(Part(name, change, unit="percent")) for name, change in changes.items())
    return (
        f"In the authors' logs the rows of Table 7 are runs that deleted tokens, the caption speaks of redrawing. "
        f"Below unedited lie {told}. The row itself lies {-PRINTED:.1f} percent below the score of the unedited text: "
        f"by which of the two is nearer to that, {support}. That is weak ground: Table 2's unedited text is another "
        "mixture, and the milder change is nearer whichever was made."
    )
