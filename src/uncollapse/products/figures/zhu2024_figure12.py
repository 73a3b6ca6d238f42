"""Figure 12 of Zhu et al. 2024: how passages respond to density sampling."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.mixture_scores import subject_words
from uncollapse.corpus_comparison.figures import marks

FIGURE = style.Figure(
    title="Do responses of density sampling tell texts apart?",
    source="Zhu et al. 2024, Figure 12",
    caption=(
        "Mean response of passages to density sampling, between 0 and 1, with 95% intervals: what the selector goes "
        "by. The paper draws the distribution, most of which lies near zero; the width of the hash's cells, which sets "
        "the responses, is not stated."
    ),
    alt="Mean response of density sampling, one mark a text.",
)


def draw(*, diagnostics: pd.DataFrame, subjects: list[str], trained_models: pd.DataFrame) -> Canvas:
    """A panel for each encoder of sentences."""
    rows = diagnostics[(diagnostics["diagnostic"] == "density") & (diagnostics["measure"] == "mean response")]
    words = subject_words(subjects, trained_models)
    encoders = list(rows["prior"].unique())
    figure, panels = style.canvas(height=3.2, columns=max(len(encoders), 1), sharey=True)
    panels[0].set_ylabel("mean response")
    if not encoders:
        panels[0].set_title("no sentence encoder: density was not measured")
    for axes, encoder in zip(panels, encoders, strict=False):
        marks(axes, rows[rows["prior"] == encoder], words, title=encoder)
    panels[0].set_ylim(bottom=0)
    return figure
