"""Zhu et al. 2024, sections 5.3 and 5.4: what editing does to the probabilities of tokens, generation by generation."""

from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.analysis.contrasts import relative
from uncollapse.analysis.edit_counts import first_of_corpus
from uncollapse.analysis.edited_scores import edited_from, edited_words
from uncollapse.analysis.edited_tasks import (
    ALIKE,
    Comparisons,
    TaskScores,
    conclude_on_tasks,
    least_probabilities,
    where_sure,
)
from uncollapse.analysis.mixture_scores import human_log_perplexity, named, of_first
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.diagnostics.concentration import entropy
from uncollapse.statistics.bootstrap import around, resamples
from uncollapse.statistics.counted import counted
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.replicates import Replicates

DRAWS = 1000
PAPER_ENDS = (34.7, 27.1)  # percent in the lowest and the highest of ten bins, Table 8
GEOMETRIC = 0.01  # Table 9's two ratios differ by 0.001; a hundredth is taken as equal


def check(
    *,
    edit_counts: pd.DataFrame,
    edits: pd.DataFrame,
    perplexities: pd.DataFrame,
    trained_models: pd.DataFrame,
    task_scores: pd.DataFrame | None = None,
) -> list[Finding]:
    """Findings on the first edit of the experiment, where documents are resampled, and on models of edited text."""
    counts = first_of_corpus(edit_counts, edits).sort_values(["generation", "document_id"], kind="stable")
    generations = {int(number): rows.reset_index(drop=True) for number, rows in counts.groupby("generation")}
    documents = len(next(iter(generations.values())))
    weights = np.ones((1, documents), dtype=np.int64)
    if documents > 1:
        drawn = resamples(documents, draws=DRAWS, rng=np.random.default_rng(0))
        weights = np.concatenate([weights, drawn])
    return [
        shares_fall(generations, weights, first=True),
        shares_fall(generations, weights),
        fall_is_geometric(generations, weights),
        histogram_flattens(generations, weights),
        *training_improves(perplexities, trained_models, edits, edit_counts, task_scores),
    ]


def _estimate(values: NDArray[np.float64]) -> Estimate:
    """The first value with the interval that the spread of the others gives."""
    return around(float(values[0]), values[1:]) if len(values) > 2 else Estimate(float(values[0]))


def _above(rows: pd.DataFrame, weights: NDArray[np.int64]) -> NDArray[np.float64]:
    """Percent of tokens above the threshold in each draw of documents."""
    return 100 * (weights @ rows["above"].to_numpy()) / (weights @ rows["tokens"].to_numpy())


def shares_fall(generations: dict[int, pd.DataFrame], weights: NDArray[np.int64], *, first: bool = False) -> Finding:
    """zhu-T9-a: the share of tokens above the threshold falls from generation to generation, by more than one token.

    Any fall, be it less than one token, was its ``first`` reading.
    """
    above = {number: _above(rows, weights) for number, rows in generations.items()}
    token = 0.0 if first else 100 / generations[min(generations)]["tokens"].sum()
    parts = [Part(f"generation {a} to {b}", _estimate(above[a] - above[b]), token) for a, b in pairwise(above)]
    changed = ", ".join(f"{100 * rows['changed'].sum() / rows['tokens'].sum():.3f}%" for rows in generations.values())
    return conclude(
        "zhu-T9-a",
        "fall of the share of tokens above the threshold (points)",
        parts,
        needs="It takes two generations.",
        opening=f"Above it lie {', '.join(f'{values[0]:.2f}%' for values in above.values())}; changed are {changed}.",
        closing="What is counted as edited in Table 9 is eligible; what changes is far less."
        + ("" if first else f" One token is {token:.4f} points."),
        reading=1 if first else 0,
    )


def fall_is_geometric(generations: dict[int, pd.DataFrame], weights: NDArray[np.int64]) -> Finding:
    """zhu-T9-b: the counts of successive generations have one ratio."""
    above = [weights @ rows["above"].to_numpy() for rows in generations.values()]
    ratios = [after / np.maximum(before, 1) for before, after in pairwise(above)]
    parts = [
        Part("last ratio minus the first", _estimate(ratios[-1] - ratios[0]), -GEOMETRIC, GEOMETRIC, unit="ratio")
    ] if len(ratios) > 1 else []  # fmt: skip
    return conclude(
        "zhu-T9-b",
        "last minus first ratio of our counts above the threshold; 0 (within 0.01)",
        parts,
        needs="Our own run takes three generations.",
        opening=f"In our run: ratios {', '.join(f'{ratio[0]:.4f}' for ratio in ratios)}.",
    )


def histogram_flattens(generations: dict[int, pd.DataFrame], weights: NDArray[np.int64]) -> Finding:
    """zhu-S5.3-a: after editing fewer tokens lie above the threshold, and the histogram's entropy is higher."""
    first, *_, last = [generations[min(generations)], generations[max(generations)]]
    parts = []
    if len(generations) > 1:
        flat = [entropy(weights @ np.stack(rows["probabilities"].to_list())) for rows in (first, last)]
        fall = _above(first, weights) - _above(last, weights)
        parts = [
            Part("fall of the share above the threshold", _estimate(fall)),
            Part("rise of the histogram's entropy", _estimate(100 * (flat[1] - flat[0])), unit="hundredths of a bit"),
        ]
    return conclude(
        "zhu-S5.3-a",
        "fall of the mass above the threshold (points) and rise of the entropy of ten bins",
        parts,
        needs="It takes two generations.",
        opening=f"Before editing and after {counted(max(generations) - 1, 'generation')}.",
        closing=_ends(first, last),
    )


def _ends(first: pd.DataFrame, last: pd.DataFrame) -> str:
    """The shares of both ends of the histogram, which say where the mass has gone, beside the paper's own.

    Mass that leaves a bin for a fuller one lowers the entropy.
    """
    shares = [np.stack(rows["probabilities"].to_list()).sum(0) / rows["tokens"].sum() for rows in (first, last)]
    lowest, highest = ([100 * share[place] for share in shares] for place in (0, -1))
    return (
        f"The highest bin holds {highest[0]:.2f} percent before and {highest[1]:.2f} after, the lowest, into which "
        f"most substitutes fall, {lowest[0]:.2f} and {lowest[1]:.2f}. In the paper's Table 8 the lowest is the fuller "
        f"of the two as well ({PAPER_ENDS[0]} percent against {PAPER_ENDS[1]}), so that the same move would lower the "
        "entropy there."
    )


def training_improves(
    perplexities: pd.DataFrame,
    trained_models: pd.DataFrame,
    edits: pd.DataFrame,
    edit_counts: pd.DataFrame,
    task_scores: pd.DataFrame | None,
) -> list[Finding]:
    """zhu-T3-a, by both readings: pretraining on edited text is slightly better, by tasks where they were run."""
    models = of_first(trained_models)
    groups = Replicates.of(human_log_perplexity(named(perplexities, models)), "dataset", "log_perplexity")
    scores = TaskScores.of(task_scores, models, "dataset")
    words = edited_words(models, trained_models, edits)
    human = set(models.loc[models["edit"].isna() & (models["machine_share_percent"] == 0), "dataset"])
    perplexity, on_tasks, compared = Comparisons([], []), Comparisons([], []), []
    for name, edit, source, control in edited_from(models, edits):
        if source not in human:
            continue
        label = f"control, {words[name]}" if control else f"{words[name]} against {words[source]}"
        compared += [] if control else [edit]
        lower = Part(label, relative(groups, source, name), unit="percent", delta=ALIKE)
        (perplexity.beside if control else perplexity.parts).append(lower)
        (on_tasks.beside if control else on_tasks.parts).extend(scores.gain(label, name, source))
    found = conclude_on_tasks(
        "zhu-T3-a",
        "how much lower human text's perplexity is after training on edited text (percent)",
        perplexity,
        on_tasks,
        names=scores.tasks,
        missing="It takes models trained on a text before and after editing.",
    )
    least = least_probabilities(edits, edit_counts)
    return [where_sure(finding, compared, least) for finding in found]
