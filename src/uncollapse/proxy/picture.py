"""p_* of every threshold on a score, drawn."""

from pathlib import Path

import matplotlib
import pandas as pd


def draw(sweep: pd.DataFrame, *, error_rate: float, path: Path) -> None:
    """p_* against the kept share, with its band, and the line that it has to stay above."""
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.0, 4.0), layout="constrained")
    share = 100 * sweep["kept_share"]
    axes.fill_between(
        share, sweep["breakdown_point_low"], sweep["breakdown_point_high"], color="#0072b2", alpha=0.2, linewidth=0
    )
    axes.plot(share, sweep["breakdown_point"], color="#0072b2", marker="o", markersize=3)
    axes.axhline(error_rate, color="#d55e00")
    axes.annotate(
        f"p = {error_rate:.3f}\n(share wrong)",
        (1.01, error_rate),
        xycoords=("axes fraction", "data"),
        va="center",
        color="#c25600",
    )
    best = int(sweep["breakdown_point"].to_numpy().argmax())
    axes.annotate(
        "p$_*$, with its 95% interval",
        (share.iloc[best], sweep["breakdown_point"].iloc[best]),
        xytext=(6, 6),
        textcoords="offset points",
        color="#0072b2",
    )
    axes.set(xlabel="candidates kept (%)", ylabel="breakdown point p$_*$", xlim=(0, 101), ylim=(0, 1.06))
    axes.set_title("More than half of what is kept is right where p$_*$ lies above p", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)
