"""Figure 5 left of Feng et al. 2024 (v1): the sharp fall of accuracy at p_*, in growing dimensions and samples."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Accuracy falls from one to nothing at p*, ever more sharply",
    source="Feng et al. 2024 v1, Theorem 3.2 and Figure 5 left",
    caption=(
        "A ridge-logistic student learns from labels of a Gaussian mixture, of which a share p is wrong, after a "
        "verifier kept right labels with probability φ and wrong ones with probability ψ. Points: measured accuracy, "
        "mean over training sets with its 95% interval. Lines: Theorem 3.2 for infinitely many examples, a step at "
        "p* = 1/(1 + ψ/φ), named by ψ/φ: 1 is no selection, 0 an oracle. From left to right dimension and training "
        "set grow. An oracle at p = 1 keeps nothing, and its student guesses."
    ),
    alt="Accuracy against the share of wrong labels for five verifiers; steeper from panel to panel.",
)


def draw(*, mixture_curves: pd.DataFrame) -> Canvas:
    """Three panels, one per size: the smallest, the middle one, the largest."""
    sizes = sorted(mixture_curves[["n_points", "dimension"]].drop_duplicates().itertuples(index=False, name=None))
    chosen = [sizes[place] for place in sorted({0, len(sizes) // 2, len(sizes) - 1})]
    figure, panels = style.canvas(height=3.5, columns=len(chosen), sharey=True)
    for axes, (n_points, dimension) in zip(panels, chosen, strict=True):
        here = mixture_curves[mixture_curves["n_points"] == n_points]
        verifiers = here[["phi", "psi", "breakdown_point"]].drop_duplicates().sort_values("breakdown_point")
        for place, (phi, psi, star) in enumerate(verifiers.itertuples(index=False, name=None)):
            colour = palette.colour(place)
            curve = here[(here["phi"] == phi) & (here["psi"] == psi)]
            axes.plot([0, star, star, 1], [1, 1, 0, 0], color=colour, linewidth=1.3, alpha=0.8)
            summary = means(curve, "error_rate", "accuracy", bounds=(0, 1))
            style.measured(axes, summary["error_rate"], summary, colour, markersize=3.2)
            axes.annotate(
                f"{psi / phi:g}",
                (star, 1.05),
                color=palette.legible(colour),
                ha="center",
                va="bottom",
                fontsize=8.5,
                annotation_clip=False,
            )
        axes.text(0.02, 1.05, "ψ/φ =", fontsize=8.5, ha="left", va="bottom")
        axes.set_title(f"d = {dimension:,}, N = {n_points:,}", pad=16)
        axes.set(xlabel="share of wrong labels p", ylim=(-0.04, 1.04), xlim=(-0.02, 1.02))
    panels[0].set_ylabel("accuracy")
    return figure
