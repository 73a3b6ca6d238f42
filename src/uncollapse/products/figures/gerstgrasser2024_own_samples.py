"""Variance and displacement of Gaussians and kernel density estimates on their own samples, with their closed forms."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Exact twins: Gaussians and kernel density estimates on their own samples",
    source="after Kazdan et al. 2024 (arXiv 2410.16713)",
    caption=(
        "One dimension, fewest rows a generation of those simulated. Lines: exact expectations; points: mean over "
        "draws with 95% intervals. Above: variance of the model, 1 of the truth; below: squared distance of its mean "
        "from the truth. Replacing loses the variance (a kernel's own variance is added each time instead), with as "
        "many rows as accumulating has it is lost too, only later; accumulating keeps nearly all of it for ever. An "
        "unbiased variance stays 1 on average, while nearly every single draw still loses it."
    ),
    alt="Variance falls to zero under replace and stays under accumulate; displacement grows under replace.",
)
_POLICIES = {
    "replace": (palette.VERMILLION, "replace"),
    "replace-multiple": (palette.ORANGE, "many rows"),
    "accumulate-subsample": (palette.PURPLE, "subsample"),
    "accumulate": (palette.BLUE, "accumulate"),
}
_MODELS = {"gaussian": "Gaussian", "gaussian-unbiased": "Gaussian, unbiased", "kde": "kernel density estimate"}
_SHOWN = 20  # generations, beyond which replacing has nothing left to lose


def draw(*, own_samples: pd.DataFrame) -> Canvas:
    """Two rows of panels, a column for each model."""
    table = own_samples[own_samples["n_points"] == own_samples["n_points"].min()]
    table = table[table["generation"] <= max(_SHOWN, table["generation"].min())]
    found = [model for model in _MODELS if model in set(table["model"])]
    figure, panels = style.canvas(height=5.2, rows=2, columns=len(found), sharex=True, sharey="row", squeeze=False)
    figure.get_layout_engine().set(rect=(0, 0, 0.96, 1))  # type: ignore[union-attr]  # names stand at the right
    for place, model in enumerate(found):
        upper, lower = panels[place], panels[len(found) + place]
        mine = table[table["model"] == model]
        _lines(upper, mine, "variance", named=place == len(found) - 1)
        _lines(lower, mine, "displacement")
        upper.set_title(_MODELS[model], fontsize=9.5)
        lower.set_xlabel("generation")
    panels[0].set_ylabel("variance")
    panels[len(found)].set_ylabel("displacement, squared")
    return figure


def _lines(axes: Axes, table: pd.DataFrame, quantity: str, *, named: bool = False) -> None:
    ends = []
    for policy, (colour, name) in _POLICIES.items():
        rows = table[table["policy"] == policy]
        if rows.empty:
            continue
        law = rows.groupby("generation")[f"expected_{quantity}"].first()
        axes.plot(law.index, law, color=colour, linewidth=1.3)
        summary = means(rows, "generation", quantity)
        style.measured(axes, summary["generation"], summary, colour, markersize=3)
        ends.append((float(law.index[-1]), float(law.iloc[-1]), name, colour))
    if named:
        label_ends(axes, ends, size=7.5)
