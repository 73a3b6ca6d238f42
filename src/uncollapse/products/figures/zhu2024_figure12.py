"""Figure 12 of Zhu et al. 2024: how passages respond to density sampling."""

from itertools import product

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.mixture_scores import subject_words
from uncollapse.corpus_comparison.figures import marks
from uncollapse.diagnostics.density_responses import NEAR_ZERO

FIGURE = style.Figure(
    title="Do responses of density sampling tell texts apart?",
    source="Zhu et al. 2024, Figure 12",
    caption=(
        "Responses of passages to density sampling, between 0 and 1: what the selector goes by. Above the share of "
        f"passages whose response is below {NEAR_ZERO:g}, below the mean response; 95% intervals. The paper draws the "
        "distribution, most of which lies near zero; the width of the hash's cells, which sets the responses, is not "
        "stated."
    ),
    alt="Share of density sampling's responses near zero (above) and their mean (below), one mark a text.",
)
MEASURES = {f"responses below {NEAR_ZERO:g}": f"responses below {NEAR_ZERO:g} (%)", "mean response": "mean response"}


def draw(*, diagnostics: pd.DataFrame, subjects: list[str], trained_models: pd.DataFrame) -> Canvas:
    """A row of panels for each measure, with one for each encoder of sentences."""
    rows = diagnostics[diagnostics["diagnostic"] == "density"]
    words = subject_words(subjects, trained_models)
    encoders = list(rows["prior"].unique())
    if not encoders:
        return style.nothing("No sentence encoder: density was not measured.")
    figure, panels = style.canvas(height=5.4, columns=len(encoders), rows=len(MEASURES), sharey="row")
    for number, ((measure, label), encoder) in enumerate(product(MEASURES.items(), encoders)):
        axes = panels[number]
        marks(axes, rows[(rows["prior"] == encoder) & (rows["measure"] == measure)], words, title=encoder)
        if encoder == encoders[0]:
            axes.set_ylabel(label)
        if encoder == encoders[-1]:  # panels of a row share their axis; marks at 100% are whole
            axes.set_ylim(0, 1.05 * axes.get_ylim()[1])
    return figure
