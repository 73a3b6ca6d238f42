"""Figure 4B of Zhu et al. 2024: what models learn from selected machine-written text, beside plain mixtures."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.mixture_scores import average_of_human, named, of_first, plain, selection_words, share_labels
from uncollapse.statistics.replicates import with_intervals

FIGURE = style.Figure(
    title="Does selecting machine-written text repair it?",
    source="Zhu et al. 2024, Figure 4B and Table 13",
    caption=(
        "Perplexity on human text, averaged over our human corpora, of models trained on plain mixtures (blue) and on "
        "selections of purely machine-written text (vermillion), all of one length; mean over seeds with 95% "
        "intervals. Text as good as human text would lie where 0% lies."
    ),
    alt="Average perplexity on human text, a line for each mixture and each selection of machine-written text.",
)


def draw(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> Canvas:
    """One panel, a line a data set: mixtures by their share, then selections."""
    models = of_first(trained_models)
    mixed = share_labels(plain(trained_models).sort_values("machine_share_percent"))
    chosen = models[models["machine_share_percent"] == 100]
    selected = {name: f"selected: {words}" for name, words in selection_words(chosen).items()}
    scores = average_of_human(named(perplexities, models))
    figure, (axes,) = style.canvas(height=1.4 + 0.32 * (len(mixed) + len(selected)))
    names = [*mixed.items(), *selected.items()]
    shown = scores[scores["dataset"].isin([name for name, _ in names])]
    found = with_intervals(shown, "dataset", "perplexity", logarithmic=True).set_index("dataset")
    for place, (name, _) in enumerate(names):
        summary = found.loc[name]
        colour = palette.BLUE if name in mixed else palette.VERMILLION
        ends = [[summary["mean"] - summary["low"]], [summary["high"] - summary["mean"]]]
        axes.errorbar(
            [summary["mean"]], [-place], xerr=np.nan_to_num(ends), fmt="o", color=colour, markersize=5, capsize=2
        )
    axes.set_yticks([-place for place in range(len(names))], [words for _, words in names])
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xscale("log")
    ticks.put(axes.xaxis, ticks.round_ticks(*axes.get_xlim()), ticks.count)
    axes.set_xlabel("perplexity on human text (log scale)")
    return figure
