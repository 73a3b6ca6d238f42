"""Figure 4 of Feng et al. 2024 (v1), Figure 5 of its second version: students by selector, and each p_*."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.labellers import THEMSELVES
from uncollapse.analysis.summary_scores import SummaryScores, breakdown_points

FIGURE = style.Figure(
    title="Students of selected summaries, and p* of their selectors",
    source="Feng et al. 2024 v1, Figure 4; v2, Figure 5",
    caption=(
        "One column per share of the generator's summaries that is kept. Above: ROUGE-1 on the test articles; small "
        "points are students, large ones their mean. A bar that does not reach the generator's line tells students "
        "from their generators: bars are 95% intervals of the difference between the two, over the same articles and "
        "over draws of the pool, each with a generator and students of its own, or over seeds where there is one draw; "
        "those of the table of ROUGE are of a student's score alone. Lines: the generators, and the models trained on "
        "all original answers where there are some. Dotted: the article's first words. Below: p* of what each selector "
        "keeps, with intervals over draws, or by the bootstrap where there is one; without any verification it is one "
        "half."
    ),
    alt="ROUGE-1 of students by selector with two reference lines, above p* of each selector; one column per share.",
)


def draw(
    *,
    text_outcomes: pd.DataFrame,
    text_datasets: pd.DataFrame,
    text_proxy: pd.DataFrame,
    text_baselines: pd.DataFrame,
    further_models: pd.DataFrame,
    labellers: pd.DataFrame,
) -> Canvas:
    """Two rows of panels, shares from left to right."""
    scores = SummaryScores(outcomes=text_outcomes, datasets=text_datasets, further=further_models, labellers=labellers)
    stars = breakdown_points(text_proxy)
    selectors = list(scores.selectors())
    shares = scores.shares()
    figure, axes = style.canvas(height=5.4, rows=2, columns=len(shares), sharex=True, sharey="row")
    panels = [axes[: len(shares)], axes[len(shares) :]]
    for column, share in enumerate(shares):
        above, below = panels[0][column], panels[1][column]
        _students(above, scores, share, selectors)
        _stars(below, scores, share, selectors, stars)
        above.set_title(f"{100 * share:g}% kept")
        below.set_xticks(range(len(selectors)), [selector.replace("_", " ") for selector in selectors])
        below.set_xlim(-0.6, len(selectors) - 0.4)
    panels[0][0].set_ylabel("ROUGE-1 (points)")
    panels[1][0].set_ylabel("p*")
    _lines(panels[0], scores, text_baselines)
    return figure


def _students(axes: Axes, scores: SummaryScores, share: float, selectors: list[str]) -> None:
    for place, selector in enumerate(selectors):
        name = scores.selectors()[selector].get(share)
        if name is None:
            continue
        colour, mean = palette.colour(place), scores.design.accuracy(name)
        gap = scores.design.difference(name, THEMSELVES)
        students = np.concatenate([models.mean(1) for models in scores.trained_on(name).values()])
        bars = [[gap.value - gap.low], [gap.high - gap.value]]
        axes.errorbar([place], [mean], yerr=bars, fmt="o", color=colour, markersize=7, capsize=4, zorder=4)
        axes.plot([place + 0.2] * len(students), students, "o", color=colour, markersize=3, alpha=0.6)


def _lines(panels: list[Axes], scores: SummaryScores, baselines: pd.DataFrame) -> None:
    lead = baselines[(baselines["baseline"] == "lead") & (baselines["metric"] == "rouge1")]["value"]
    original = scores.original()
    levels = [("generator", scores.design.accuracy(THEMSELVES), palette.INK, "-")]
    if original is not None:
        levels.append(("all original answers", scores.design.accuracy(original), palette.INK, (0, (5, 2))))
    if len(lead):
        levels.append(("first words", 100 * float(lead.mean()), palette.FAINT, (0, (1, 2))))
    for axes in panels:
        for _, level, colour, dashes in levels:
            axes.axhline(level, color=colour, linestyle=dashes, linewidth=1.2, zorder=1)
    low, high = panels[-1].get_ylim()
    panels[-1].set_ylim(low, high + 0.04 * (high - low))
    right = panels[-1].get_xlim()[1]
    label_ends(panels[-1], [(right, level, name, colour) for name, level, colour, _ in levels])


def _stars(axes: Axes, scores: SummaryScores, share: float, selectors: list[str], stars: dict) -> None:
    for place, selector in enumerate(selectors):
        found = stars.get(scores.selectors()[selector].get(share, ""))
        if found is None or math.isnan(found.value):
            continue
        colour = palette.colour(place)
        axes.bar([place], [found.value], width=0.6, color=colour, alpha=0.85, zorder=2)
        bars = [[found.value - found.low], [found.high - found.value]]
        axes.errorbar([place], [found.value], yerr=bars, fmt="none", ecolor=palette.INK, capsize=4, zorder=3)
        axes.annotate(f"{found.value:.2f}", (place, found.high), xytext=(0, 4), textcoords="offset points",
                      ha="center", fontsize=8.5)  # fmt: skip
    axes.axhline(0.5, color=palette.FAINT, linewidth=1.0, linestyle=(0, (4, 2)), zorder=1)
    axes.set_ylim(0, 1.12)
