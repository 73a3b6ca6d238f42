"""Ridge students with fixed penalties after under- and over-parametrised generators (Dohmatob et al. 2024)."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="A fixed ridge penalty does not stop the growth",
    source="Dohmatob et al. 2024, regression with ridge",
    caption=(
        "Excess risk of a ridge student after n generators labelled in turn, for several penalties λ. Points: "
        "simulation with 95% intervals; solid lines: closed form (left), or the points joined where there is none "
        "(T₀ < d, Monte Carlo); dotted: the bias, what remains of the error without any noise. With more rows than "
        "dimensions (left) every penalty leaves growth linear in n. Generators with fewer rows than dimensions add "
        "bias: on the same rows every round once (middle), on fresh rows more each round, until the generator has "
        "forgotten the truth and nothing more can be lost."
    ),
    alt="Excess risk against rounds for four penalties in three settings.",
)


def draw(*, ridge: pd.DataFrame) -> Canvas:
    """Three panels: T_0 > d; T_0 < d on the same rows; T_0 < d on fresh rows."""
    dimension = int(ridge["dimension"].iloc[0])
    sizes = sorted(ridge["n_generated"].unique())
    settings = [(size, False, f"T₀ = {size} > d = {dimension}") for size in sizes if size > dimension][-1:]
    for size in [size for size in sizes if size <= dimension][:1]:
        settings += [(size, True, f"T₀ = {size} < d, same rows"), (size, False, f"T₀ = {size} < d, fresh rows")]
    figure, panels = style.canvas(height=3.7, columns=len(settings), sharey=True)
    for axes, (size, same, title) in zip(panels, settings, strict=True):
        rows = ridge[(ridge["n_generated"] == size) & (ridge["same_design"] == same)]
        ends = _panel(axes, rows)
        axes.set(title=title, xlabel="generators in turn n")
        if axes is panels[-1]:
            axes.set_ylim(bottom=0)
            label_ends(axes, ends)
    panels[0].set_ylabel("excess risk")
    return figure


def _panel(axes: Axes, rows: pd.DataFrame) -> list[tuple[float, float, str, str]]:
    ends = []
    every = max(1, round(rows["round"].max() / 10))
    for place, (penalty, curve) in enumerate(rows.groupby("penalty")):
        colour = palette.colour(place)
        law = curve.groupby("round")["predicted"].mean()
        summary = means(curve, "round", "excess_risk")
        line = law if law.notna().all() else summary.set_index("round")["mean"]
        axes.plot(line.index, line, color=colour, linewidth=1.3)
        bias = curve.groupby("round")["bias"].mean()
        axes.plot(bias.index, bias, color=colour, linewidth=1.1, linestyle=(0, (1, 1.5)))
        some = summary[summary["round"] % every == 0]
        style.measured(axes, some["round"], some, colour, capsize=2)
        ends.append((float(line.index[-1]), float(line.iloc[-1]), f"λ = {penalty:g}", colour))
    return ends
