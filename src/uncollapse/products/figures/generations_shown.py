"""Samples of every generation to look at: images."""

import json
import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from uncollapse.analysis import style, ticks
from uncollapse.analysis.generations import in_words, titled, whole

FIGURE = style.Figure(
    title="What each generation draws",
    source="after Gerstgrasser et al. 2024, images of a variational autoencoder",
    caption=(
        "The first images that each generation's model drew, of the first seed: a line for each generation, from "
        "generation 0, which learned from real images. Collapse shows as images that grow alike and plain."
    ),
    alt="Rows of small images by generation; under replace they grow smoother and more alike.",
)
_MOST_GENERATIONS = 6  # lines of a panel


def draw(*, shown: pd.DataFrame, generation_runs: pd.DataFrame, learners: pd.DataFrame) -> Canvas:
    """A panel for each run of a learner of images."""
    of_images = [name for name in learners["learner"] if _has_images(shown, name)]
    runs = generation_runs[generation_runs["learner"].isin(of_images) & (generation_runs["grid"] == "")]
    if runs.empty:
        return style.nothing("No learner of images: nothing to draw.")
    columns = min(2, len(runs))
    lines = math.ceil(len(runs) / columns)
    figure, panels = style.canvas(height=0.3 + 2.0 * lines, rows=lines, columns=columns, squeeze=False)
    channels = learners.set_index("learner")["channels"]
    for axes in panels[len(runs) :]:
        axes.set_axis_off()
    for axes, (_, run) in zip(panels, runs.iterrows(), strict=False):
        mine = whole(shown, runs[runs["run"] == run["run"]])
        mine = mine[mine["seed"] == mine["seed"].iloc[0]]
        _images(axes, mine, channels=int(channels[run["learner"]]))
        axes.set_title(f"{titled(learners, run['learner'])}: {in_words(run)}", fontsize=9)
    return figure


def _has_images(shown: pd.DataFrame, learner: str) -> bool:
    rows = shown.loc[(shown["run"] == learner) & (shown["generation"] == 0), "row"]
    return len(rows) > 0 and "pixels" in json.loads(rows.iloc[0])


def _images(axes: Axes, shown: pd.DataFrame, *, channels: int) -> None:
    """Images side by side, a line for each generation."""
    generations = sorted(shown["generation"].unique())
    places = np.linspace(0, len(generations) - 1, min(_MOST_GENERATIONS, len(generations))).round().astype(int)
    chosen = [int(generations[place]) for place in places]
    lines = [
        np.concatenate([_framed(row, channels) for row in shown.loc[shown["generation"] == g, "row"]], axis=1)
        for g in chosen
    ]
    picture = np.concatenate(lines)
    axes.imshow(picture, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
    height = len(lines[0])
    ticks.put(axes.yaxis, [height * (k + 0.5) for k in range(len(chosen))], lambda y: f"{chosen[int(y // height)]}")
    axes.set_xticks([])
    axes.grid(visible=False)
    for side in axes.spines.values():
        side.set_visible(False)


def _framed(row: str, channels: int) -> NDArray[np.float64]:
    """An image in [0, 1] with a margin, (side + 1, side + 1) or with colours."""
    pixels = np.asarray(json.loads(row)["pixels"], dtype=float) / 255
    side = math.isqrt(len(pixels) // channels)
    image = pixels.reshape(side, side, channels)
    framed = np.pad(image, ((0, 1), (0, 1), (0, 0)), constant_values=0.0 if channels == 1 else 1.0)
    return framed[:, :, 0] if channels == 1 else framed
