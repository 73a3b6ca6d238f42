"""p_* of summary selectors against the line between right and wrong: does their ranking depend on it?"""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.summary_scores import selector_of

FIGURE = style.Figure(
    title="p* against the score from which a summary counts as right",
    source="Feng et al. 2024 v2, section 4, for graded quality",
    caption=(
        "A summary is neither right nor wrong; p* needs a line. It is drawn at each score of the oracle on the "
        "horizontal axis: candidates above it count as right. A line is one draw of the pool, with its generator; "
        "bands are 95% bootstrap intervals over its articles. Vertical lines are the scores that the other products "
        "use. Where the curves do not cross, the ranking of selectors does not depend on the line. A point is left out "
        "where nothing, or everything, is right."
    ),
    alt="p* of each selector against the oracle's score above which a summary counts as right; one panel per share.",
)


def draw(*, text_proxy: pd.DataFrame, text_datasets: pd.DataFrame) -> Canvas:
    """One panel per share, from dataset, labeller, threshold, chosen, quantity, value, low, high."""
    stars = text_proxy[text_proxy["quantity"] == "p_star"].dropna(subset=["value"])
    if stars.empty:
        return style.nothing("The p* of no selector is known at any limit: nothing to draw.")
    made = text_datasets[text_datasets["select"] != "labels"]
    shares = sorted(made["share"].unique())
    selectors = list(dict.fromkeys(selector_of(row) for row in made.to_dict("records")))
    figure, panels = style.canvas(height=3.7, columns=len(shares), sharey=True)
    for axes, share in zip(panels, shares, strict=True):
        for row in made[made["share"] == share].to_dict("records"):
            colour = palette.colour(selectors.index(selector_of(row)))
            for _, one in stars[stars["dataset"] == row["dataset"]].groupby("labeller", sort=False):
                curve = one.sort_values("threshold")
                known = curve.dropna(subset=["low", "high"])
                band = {"color": colour, "alpha": 0.18, "linewidth": 0}
                axes.fill_between(known["threshold"], known["low"], known["high"], **band)
                axes.plot(curve["threshold"], curve["value"], color=colour, marker="o", markersize=3.5)
        for chosen in text_proxy[text_proxy["chosen"].astype(bool)]["threshold"].unique():
            axes.axvline(float(chosen), color=palette.FAINT, linewidth=1.0, linestyle=(0, (4, 2)), zorder=1)
        axes.axhline(0.5, color=palette.FAINT, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
        axes.set(title=f"{100 * share:g}% kept", ylim=(0, 1.03))
    panels[0].set_ylabel("p*")
    figure.supxlabel("oracle's score above which a summary is right", fontsize=9.5)
    last = made[made["share"] == shares[-1]].to_dict("records")
    ends = []
    for row in last:
        curve = stars[stars["dataset"] == row["dataset"]].groupby("threshold")["value"].mean().reset_index()
        if len(curve):
            end, name = curve.iloc[-1], selector_of(row)
            colour = palette.colour(selectors.index(name))
            ends.append((float(end["threshold"]), float(end["value"]), name.replace("_", " "), colour))
    label_ends(panels[-1], ends)
    return figure
