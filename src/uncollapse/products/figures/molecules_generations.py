"""Molecules over generations: drawn, and in the numbers that chemists ask for."""

import json
import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.generations import bare, in_words, of_quantity, titled, whole
from uncollapse.analysis.rendering import tell
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Molecules of each generation",
    source="after Gerstgrasser et al. 2024, diffusion models of molecules",
    caption=(
        "Above: the first molecules that the first and the last generation wrote, of the first seed; framed are those "
        "that RDKit takes as no molecule, drawn as their atoms lie. Below, over generations: share of valid molecules, "
        "among these the share of different ones, and the Wasserstein distance of bond lengths and of all distances "
        "between atoms to those of held-out molecules; dotted, the real molecules that generation 0 learned from. Mean "
        "over seeds with 95% intervals."
    ),
    alt="Drawn molecules by generation, and lines: validity falls and distances drift under replace.",
)
_PANELS = {
    "validity": "valid",
    "uniqueness": "different among valid",
    "bond_lengths": "bond lengths off, Å",
    "pair_distances": "distances off, Å",
}
_COLOURS = {"replace": palette.VERMILLION, "accumulate": palette.BLUE}
_SHARES = ("validity", "uniqueness")
_DRAWN = 8  # molecules side by side
_MARGIN = 3  # pixels around one


def draw(
    *,
    shown: pd.DataFrame,
    generation_measures: pd.DataFrame,
    yardsticks: pd.DataFrame,
    generation_runs: pd.DataFrame,
    learners: pd.DataFrame,
) -> Canvas:
    """Drawn molecules of the first learner of molecules, a panel a run, above lines of its measures."""
    of_molecules = [name for name in learners["learner"] if _has_molecules(shown, name)]
    runs = bare(generation_runs)
    runs = runs[runs["learner"].isin(of_molecules[:1])]
    if runs.empty:
        return style.nothing("No learner of molecules: nothing to draw.")
    learner = of_molecules[0]
    explicit = learners.set_index("learner").loc[learner, "hydrogens"] == "explicit"
    columns = min(2, len(runs))
    lines = math.ceil(len(runs) / columns)
    figure, panels = style.canvas(height=1.7 * lines + 2.2, rows=lines + 1, columns=4 * columns // 2, squeeze=False)
    for axes in panels:
        axes.remove()
    grid = figure.add_gridspec(lines + 1, 4, height_ratios=[*[1.7] * lines, 2.2])
    span = 4 // columns
    for place, (_, run) in enumerate(runs.iterrows()):
        row, column = divmod(place, columns)
        axes = figure.add_subplot(grid[row, column * span : (column + 1) * span])
        _molecules(axes, whole(shown, runs[runs["run"] == run["run"]]), explicit=bool(explicit))
        axes.set_title(f"{titled(learners, learner)}: {in_words(run)}", fontsize=9)
    every = whole(generation_measures, runs)
    tell(figure, _in_words(of_quantity(every, "validity"), runs))
    for place, (quantity, label) in enumerate(_PANELS.items()):
        axes = figure.add_subplot(grid[lines, place])
        bounds = (0.0, 1.0) if quantity in _SHARES else (0.0, math.inf)
        _lines(axes, of_quantity(every, quantity), runs, bounds=bounds, named=place == 0)
        marks = yardsticks[(yardsticks["learner"] == learner) & (yardsticks["quantity"] == quantity)]
        if len(marks):
            axes.axhline(marks["value"].iloc[0], color=palette.FAINT, linestyle=":", linewidth=1.2)
        axes.set_ylim(bottom=0)
        axes.set_title(label, fontsize=9)
        axes.set_xlabel("generation")
        ticks.whole(axes.xaxis)
    return figure


def _in_words(validity: pd.DataFrame, runs: pd.DataFrame) -> str:
    """Shares of valid molecules in the first and the last generation of each run."""
    parts = []
    for _, run in runs.iterrows():
        mine = validity[validity["run"] == run["run"]].groupby("generation")["value"].mean().dropna()
        if len(mine):
            first, last = (f"{100 * share:.0f}%" for share in (mine.iloc[0], mine.iloc[-1]))
            parts.append(f"{in_words(run)} from {first} to {last} by generation {mine.index[-1]:g}")
    return f"valid molecules go, under {', under '.join(parts)}." if parts else ""


def _has_molecules(shown: pd.DataFrame, learner: str) -> bool:
    rows = shown.loc[(shown["run"] == learner) & (shown["generation"] == 0), "row"]
    return len(rows) > 0 and {"elements", "positions"} <= set(json.loads(rows.iloc[0]))


def _molecules(axes: Axes, shown: pd.DataFrame, *, explicit: bool) -> None:
    """Molecules side by side, those of the first generation above those of the last."""
    from uncollapse.molecules.drawing import picture

    shown = shown[shown["seed"] == shown["seed"].iloc[0]]
    generations = sorted({int(shown["generation"].min()), int(shown["generation"].max())})
    lines = []
    for generation in generations:
        drawn = []
        for row in shown.loc[shown["generation"] == generation, "row"].head(_DRAWN):
            atoms = json.loads(row)
            places = np.array(atoms["positions"], dtype=float).reshape(-1, 3)
            pixels, reason = picture(np.array(atoms["elements"]), places, explicit_hydrogens=explicit)
            drawn.append(_framed(pixels, faulty=bool(reason)))
        lines.append(np.concatenate(drawn, axis=1))
    axes.imshow(np.concatenate(lines), interpolation="antialiased")
    height = len(lines[0])
    middles = [height * (k + 0.5) for k in range(len(lines))]
    ticks.put(axes.yaxis, middles, lambda y: f"{generations[int(y // height)]}")
    axes.set_xticks([])
    axes.set_ylabel("generation", fontsize=8)
    axes.grid(visible=False)
    for side in axes.spines.values():
        side.set_visible(False)


def _framed(pixels: np.ndarray, *, faulty: bool) -> np.ndarray:
    """A picture within white, and where it shows no molecule within a frame."""
    inner = pixels.copy()
    if faulty:
        colour = [int(palette.VERMILLION[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        for edge in (inner[:2], inner[-2:], inner[:, :2], inner[:, -2:]):
            edge[...] = colour
    return np.pad(inner, ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)), constant_values=1.0)


def _lines(axes: Axes, values: pd.DataFrame, runs: pd.DataFrame, *, bounds: tuple[float, float], named: bool) -> None:
    """A line with intervals for each run; generations of which nothing could be measured leave a gap."""
    ends = []
    for place, (_, run) in enumerate(runs.iterrows()):
        mine = values[(values["run"] == run["run"]) & values["value"].notna()]
        if mine.empty:
            continue
        summary = means(mine, "generation", "value", bounds=bounds)
        colour = _COLOURS.get(run["regime"]) or palette.colour(place + len(_COLOURS))
        axes.plot(summary["generation"], summary["mean"], color=colour, linewidth=1.4)
        style.measured(axes, summary["generation"], summary, colour, capsize=2)
        ends.append((float(summary["generation"].iloc[-1]), float(summary["mean"].iloc[-1]), in_words(run), colour))
    if named:
        label_ends(axes, ends, size=7.5)
