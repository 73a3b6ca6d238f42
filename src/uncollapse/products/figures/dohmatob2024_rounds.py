"""Least squares on its own labels (Dohmatob et al. 2024): linear growth, the null predictor, and growing data."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Each round of self-labelling adds the same error",
    source="Dohmatob et al. 2024, regression",
    caption=(
        "Excess risk of least squares fitted on labels that n earlier fits wrote in turn. Lines: exact expectation, "
        "σ²d/(T−d−1) + n σ₀²d/(T₀−d−1); points: simulation with 95% intervals. Left: three first fits; more noise or "
        "less data at first moves the line up, never its slope. Shaded for the lowest line: the first fit's own, "
        "irreducible error and what the rounds add. Middle: the same over the risk of always predicting zero. Right: "
        "with m times the data in round m the error grows like the harmonic numbers, still without bound. (The "
        "slides print φ/(1−φ), the limit of d/(T−d−1).)"
    ),
    alt="Error against rounds: straight lines, the same relative to predicting zero, and a logarithmic curve.",
)
_SHOWN = 11  # points a line


def draw(*, least_squares: pd.DataFrame) -> Canvas:
    """Three panels against the number of rounds."""
    constant, growing = (least_squares[least_squares["growing"] == flag] for flag in (False, True))
    fits = sorted(constant[["noise", "n_points"]].drop_duplicates().itertuples(index=False, name=None))
    base = min(fits, key=lambda fit: (fit[0], -fit[1]))
    figure, (left, middle, right) = style.canvas(height=3.7, columns=3)
    ends = []
    for place, fit in enumerate(fits):
        name = f"T = {fit[1]}, σ = {fit[0]:g}"
        ends.append(_line(left, _fit(constant, fit), "excess_risk", "predicted", name, palette.COLOURS[place]))
    law = _law(_fit(constant, base), "predicted")
    left.fill_between(law.index, 0, law.iloc[0], color=palette.FAINT, alpha=0.30, linewidth=0)
    left.fill_between(law.index, law.iloc[0], law, color=palette.FAINT, alpha=0.14, linewidth=0)
    left.text(0.97, 0.012, "first fit's own", transform=left.transAxes, ha="right", va="bottom", fontsize=8)
    left.text(0.97, 0.20, "added by the rounds", transform=left.transAxes, ha="right", va="bottom", fontsize=8)
    _finish(left, "excess risk", ends)

    ends = [_line(middle, _fit(constant, base), "null_ratio", "predicted_null_ratio", "", palette.COLOURS[0])[:4]]
    middle.axhline(1, color=palette.INK, linewidth=1.1, linestyle=palette.DASHES[1])
    middle.text(0.97, 1.15, "predicting zero", ha="right", transform=middle.get_yaxis_transform(), fontsize=8.5)
    _finish(middle, "risk / risk of predicting zero", [])

    ends = [
        _line(right, _fit(constant, base), "excess_risk", "predicted", "T₀ each round", palette.COLOURS[0]),
        _line(right, _fit(growing, base), "excess_risk", "predicted", "m T₀ in round m", palette.GREEN),
    ]
    _finish(right, "excess risk", ends)
    return figure


def _fit(table: pd.DataFrame, fit: tuple[float, int]) -> pd.DataFrame:
    return table[(table["noise"] == fit[0]) & (table["n_points"] == fit[1])]


def _law(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows.drop_duplicates("round").set_index("round")[column].sort_index()


def _line(
    axes: Axes, rows: pd.DataFrame, value: str, predicted: str, name: str, colour: str
) -> tuple[float, float, str, str]:
    law = _law(rows, predicted)
    axes.plot(law.index, law, color=colour, linewidth=1.4)
    every = max(1, round(len(law) / _SHOWN))
    summary = means(rows[rows["round"] % every == 0], "round", value)
    style.measured(axes, summary["round"], summary, colour, capsize=2)
    return float(law.index[-1]), float(law.iloc[-1]), name, colour


def _finish(axes: Axes, title: str, ends: list[tuple[float, float, str, str]]) -> None:
    axes.set(title=title, xlabel="rounds of self-labelling n", ylim=(0, None))
    axes.margins(x=0.03)
    label_ends(axes, ends)
