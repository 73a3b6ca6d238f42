"""Verified retraining: p and p* of every generation's rows, beside what becomes of the models."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.generations import BOUNDS, in_words, of_quantity, titled, unit_of, whole
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Verifying each generation before the next one learns from it",
    source="after Yi et al. 2025 (arXiv 2510.16657); p* of Feng et al. 2024",
    caption=(
        "Left: share of wrong rows among those that a generation wrote (p, full line), and up to which share the "
        "verifier would do (p*, dashed and hollow; 0.5 for rows drawn at random). Middle: loss on held-out real rows "
        "over that of generation 0. Right: coverage of held-out rows. All verified runs of a learner, beside the same "
        "regime without a verifier (grey). Mean over seeds with 95% intervals."
    ),
    alt="Left: p below p* for good verifiers. Middle and right: loss and coverage by generation for each verifier.",
)


def draw(
    *, generation_measures: pd.DataFrame, verified: pd.DataFrame, generation_runs: pd.DataFrame, learners: pd.DataFrame
) -> Canvas:
    """Three panels for each learner with verified runs."""
    with_verifier = generation_runs[generation_runs["verifier"] != ""]
    found = [name for name in learners["learner"] if name in set(with_verifier["learner"])]
    if not found:
        return style.nothing("No verified run: nothing to draw.")
    figure, panels = style.canvas(height=3.4 * len(found), rows=len(found), columns=3, squeeze=False)
    figure.get_layout_engine().set(rect=(0, 0, 0.95, 1))  # type: ignore[union-attr]  # names stand at the right
    for place, learner in enumerate(found):
        mine = with_verifier[with_verifier["learner"] == learner]
        left, middle, right = panels[3 * place : 3 * place + 3]
        colours = {run: palette.colour(number) for number, run in enumerate(mine["run"])}
        for run, colour in colours.items():
            judged = verified[verified["run"] == run]
            _line(left, judged.assign(value=judged["p"]), colour, bounds=(0.0, 1.0))
            _line(left, judged.assign(value=judged["p_star"]).dropna(subset="value"), colour, dashed=True)
        bare = generation_runs[
            (generation_runs["learner"] == learner)
            & (generation_runs["verifier"] == "")
            & (generation_runs["edited_by"] == "")
            & generation_runs["regime"].isin(mine["regime"])
        ]
        every = whole(generation_measures, pd.concat([mine, bare]))
        losses = of_quantity(every, "loss")
        first = losses[losses["generation"] == 0].set_index(["run", "seed"])["value"]
        losses["value"] = losses["value"] - first.loc[list(zip(losses["run"], losses["seed"], strict=True))].to_numpy()
        coverage = of_quantity(every, "coverage")
        ends = []
        for _, run in pd.concat([mine, bare]).iterrows():
            colour = colours.get(run["run"], palette.FAINT)
            _line(middle, losses[losses["run"] == run["run"]], colour)
            end = _line(right, coverage[coverage["run"] == run["run"]], colour, bounds=BOUNDS["coverage"])
            name = in_words(run).removeprefix(f"{run['regime']}, ") if run["verifier"] else "no verifier"
            ends.append((*end, name, colour))
        left.set(title=f"{titled(learners, learner)}: p and p*", xlabel="generation that wrote", ylim=(-0.03, 1.03))
        middle.set(title=f"loss over generation 0, {unit_of(learners, learner)}", xlabel="generation")
        right.set(title="coverage", xlabel="generation")
        for axes in (left, middle, right):
            axes.set_title(axes.get_title(loc="left"), loc="left", fontsize=9)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        label_ends(right, ends, size=7.5)
    return figure


def _line(
    axes: Axes,
    values: pd.DataFrame,
    colour: str,
    *,
    dashed: bool = False,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> tuple[float, float]:
    """A line with intervals, cut at ``bounds``, over generations; its end. Dashed ones have hollow marks instead."""
    summary = means(values, "generation", "value", bounds=bounds)
    kind = {"linestyle": "--", "marker": "o", "markersize": 4, "markerfacecolor": "none"} if dashed else {}
    axes.plot(summary["generation"], summary["mean"], color=colour, linewidth=1.3, **kind)
    if not dashed:
        style.measured(axes, summary["generation"], summary, colour, capsize=2)
    return (float(summary["generation"].iloc[-1]), float(summary["mean"].iloc[-1])) if len(summary) else (0.0, 0.0)
