"""Figure 2 of Zhu et al. 2024: training loss falls with the machine-written share, perplexity on human text rises."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.mixture_curves import ALT, CAPTION, draw_curves
from uncollapse.analysis.mixture_scores import plain

FIGURE = style.Figure(
    title="Training loss and perplexity on human text, by the machine-written share",
    source="Zhu et al. 2024, Figures 2 and 8",
    caption=CAPTION,
    alt=ALT,
)


def draw(*, pretraining_curves: pd.DataFrame, trained_models: pd.DataFrame) -> Canvas:
    """Two panels, from the learning curves of the plain mixtures."""
    return draw_curves(pretraining_curves, plain(trained_models))
