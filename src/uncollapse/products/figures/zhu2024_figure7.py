"""Figure 7 of Zhu et al. 2024: training loss falls with the machine-written share, perplexity on human text rises."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.mixture_curves import ALT, CAPTION, draw_curves
from uncollapse.analysis.mixture_scores import plain_of_second

FIGURE = style.Figure(
    title="Training loss and perplexity on human text, by the machine-written share: another architecture",
    source="Zhu et al. 2024, Figure 7",
    caption=CAPTION,
    alt=ALT,
)


def draw(*, pretraining_curves: pd.DataFrame, trained_models: pd.DataFrame) -> Canvas:
    """Two panels, from the learning curves of the plain mixtures."""
    return draw_curves(pretraining_curves, plain_of_second(trained_models))
