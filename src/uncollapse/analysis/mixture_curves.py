"""Training loss, and perplexity on human text, against tokens, one line per machine-written share."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends

CAPTION = (
    "Left: loss on the training text itself. Right: perplexity on held-out human passages, on a logarithmic axis. "
    "Against tokens seen, by the machine-written share of the training text; thin lines are seeds, thick lines "
    "their mean. The first fifth of the left panel is left out."
)
ALT = "Training loss (left) and perplexity on human text (right) against tokens, one line per machine-written share."


def draw_curves(curves: pd.DataFrame, models: pd.DataFrame) -> Canvas:
    """Two panels, from the learning curves of ``models`` (rows of trained_models); ValueError where there is none."""
    if not len(models):
        raise ValueError("no such model was trained: nothing to draw")
    chosen = models[["model", "machine_share_percent", "context"]]
    curves = curves.merge(chosen, on="model", validate="many_to_one")
    curves = curves.assign(tokens=curves["examples"] * curves["context"], perplexity=np.exp(curves["validation_loss"]))
    last = float(curves["tokens"].max())
    figure, (left, right) = style.canvas(height=3.7, columns=2)
    _panel(left, curves[curves["tokens"] > 0.2 * last], "loss", last)
    left.set_title("training loss (nats per token)")
    _panel(right, curves.dropna(subset="validation_loss"), "perplexity", last)
    right.set_title("perplexity on held-out human text")
    return figure


def _panel(axes: Axes, curves: pd.DataFrame, column: str, last: float) -> None:
    shares = sorted(curves["machine_share_percent"].unique())
    ends = []
    for number, share in enumerate(shares):
        colour = palette.shade(number, len(shares))
        mine = curves[curves["machine_share_percent"] == share]
        for _, curve in mine.sort_values("tokens").groupby("model"):
            axes.plot(curve["tokens"], curve[column], color=colour, linewidth=0.6, alpha=0.4)
        mean = mine.groupby("tokens")[column].mean()
        axes.plot(mean.index, mean, color=colour, zorder=3)
        ends.append((float(mean.index[-1]), float(mean.iloc[-1]), f"{share:g}%", colour))
    if column == "perplexity":
        ticks.logarithmic(axes)
    axes.set_xlabel("training tokens")
    ticks.put(axes.xaxis, MaxNLocator(4), ticks.count)
    axes.set_xlim(0, last)
    label_ends(axes, ends)
