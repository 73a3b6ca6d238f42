"""Learning curves: what each model has learned after how many examples, one line per seed and their mean."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.dataset_words import dataset_words
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.rendering import tell

FIGURE = style.Figure(
    title="Learning curves",
    caption=(
        "Accuracy and loss on held-out examples with true answers, against the number of training examples seen "
        "(repetitions counted). Thin lines are seeds, thick lines their mean; black is the generator that wrote "
        "the labels, and the dotted line continues its last value: the level that a student has to pass. Names say how "
        "a student's labels were chosen: a 2% filter keeps those within 2% of the truth, best of n is the best of a "
        "beam of n. "
        "Students learn the generator's labels, so their loss on true answers rises while they grow sure of labels "
        "that are nearly, and not digit for digit, right."
    ),
    alt="Held-out accuracy (left) and loss (right) against examples seen, one coloured line per training set.",
)
PANELS = (("validation_accuracy", "held-out accuracy (%)", 100.0), ("validation_loss", "held-out loss (nats)", 1.0))


def draw(
    *,
    curves: pd.DataFrame,
    datasets: pd.DataFrame | None = None,
    order: list[str] | None = None,
    labellers: pd.DataFrame | None = None,
) -> Canvas:
    """Two panels, accuracy and loss, from model, dataset, role, seed, examples and the two measures.

    ``datasets`` says what each holds, from which come the words at the curves (default: the names). ``order`` lists the
    data sets as they should be coloured (default: alphabetical), so that a set keeps its colour from one figure to the
    next. ``labellers`` leaves of the generators only the first that wrote labels, and of students only its own. Rows
    where a measure is null are skipped.
    """
    measured = curves.dropna(subset=["validation_accuracy", "validation_loss"])
    if measured.empty:
        return style.nothing("No model was validated while it learned: nothing to draw.")
    if labellers is not None:
        wrote = measured["model"] == labellers["model"].iloc[0]
        measured = measured[wrote | ((measured["role"] != "generator") & (measured["labeller"] == ""))]
    students = measured[measured["role"] == "downstream"]
    names = order if order is not None else sorted(students["dataset"].unique())
    names = [name for name in names if (students["dataset"] == name).any()]
    words = {} if datasets is None else dataset_words(datasets.to_dict("records"))
    groups = [("generator", measured[measured["role"] == "generator"], palette.INK, "-")]
    for position, name in enumerate(names):
        colour = palette.colour(position)
        dash = palette.dash(position)
        groups.append((words.get(name, name.replace("_", " ")), students[students["dataset"] == name], colour, dash))
    groups = [group for group in groups if not group[1].empty]
    figure, panels = style.canvas(height=3.7, columns=2)
    ends = {}
    for axes, (column, title, scale) in zip(panels, PANELS, strict=True):
        ends[column] = _panel(axes, groups, column, scale)
        axes.set(title=title, xlabel="examples seen")
    last = [f"{name} {level:.1f}%" for _, level, name, _ in ends["validation_accuracy"]]
    tell(figure, f"held-out accuracy at the end, in the mean over seeds: {', '.join(last)}." if last else "")
    return figure


def mean_curve(models: pd.DataFrame, column: str) -> pd.Series:
    """Mean over seeds by examples seen, at those points that every seed has."""
    by_examples = models.groupby("examples")[column].agg(["mean", "count"])
    return by_examples.loc[by_examples["count"] == models["seed"].nunique(), "mean"]


def _panel(
    axes: Axes, groups: list[tuple[str, pd.DataFrame, str, object]], column: str, scale: float
) -> list[tuple[float, float, str, str]]:
    """Draw a measure; the ends of its mean curves with their names and colours."""
    ends = []
    for name, models, colour, dash in groups:
        for _, curve in models.sort_values("examples").groupby("model"):
            axes.plot(curve["examples"], scale * curve[column], color=colour, linewidth=0.7, alpha=0.4)
        mean = scale * mean_curve(models, column)
        if mean.empty:
            continue
        axes.plot(mean.index, mean, color=colour, linestyle=dash, zorder=3)
        ends.append((float(mean.index[-1]), float(mean.iloc[-1]), name, colour))
    right = max(float(models["examples"].max()) for _, models, _, _ in groups)
    axes.set_xlim(0, right)
    for position, (last, level, name, colour) in enumerate(ends):
        if name != "generator":
            continue
        ends[position] = (right, level, name, colour)  # its dotted line ends there
        axes.plot(last, level, "o", color=palette.INK, markersize=5, zorder=4, clip_on=False)
        axes.hlines(level, last, right, color=palette.INK, linestyle=(0, (1, 2)), linewidth=1.1)
    if column == "validation_accuracy":
        axes.set_ylim(bottom=0)
    else:
        _focus(axes, groups, column, scale)
    ticks.put(axes.xaxis, MaxNLocator(4), ticks.count)
    label_ends(axes, ends)
    return ends


def _focus(axes: Axes, groups: list[tuple[str, pd.DataFrame, str, object]], column: str, scale: float) -> None:
    """Start a loss axis after each model's first measurement, which is many times the differences that matter."""
    curves = [curve for _, models, _, _ in groups for _, curve in models.sort_values("examples").groupby("model")]
    values = scale * pd.concat([curve[column].iloc[1:] if len(curve) > 1 else curve[column] for curve in curves])
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 1.0
    axes.set_ylim(low - margin, high + margin)
