"""Samples of every run to read: texts."""

import json
import textwrap

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.figure_text import literal
from uncollapse.analysis.generations import in_words, titled, whole
from uncollapse.analysis.rendering import tell

FIGURE = style.Figure(
    title="What each generation writes",
    source="after Zhu et al. 2024, Figure 1, texts of small language models",
    caption=(
        "The first texts that models wrote, of the first seed, cut where they are long: of generation 0, which learned "
        "from human text, and of the last generation of every run. Collapse shows as texts that grow alike and repeat."
    ),
    alt="Short texts by generation 0 and by the last generation of every run.",
)
_TEXTS = 2  # of each model
_CHARACTERS = 230  # of a text
_WIDTH = 118  # characters of a line
_LINE = 0.16  # inches


def draw(*, shown: pd.DataFrame, generation_runs: pd.DataFrame, learners: pd.DataFrame) -> Canvas:
    """Lines of text under the name of each model."""
    blocks = []
    for learner in learners["learner"]:
        runs = generation_runs[(generation_runs["learner"] == learner) & (generation_runs["grid"] == "")]
        if runs.empty or not _has_texts(shown, learner):
            continue
        first = shown[(shown["run"] == learner) & (shown["generation"] == 0)]
        blocks.append((f"{titled(learners, learner)}: generation 0", _texts(first)))
        every = whole(shown, runs)
        for _, run in runs.iterrows():
            mine = every[(every["run"] == run["run"]) & (every["generation"] == run["generations"])]
            blocks.append((f"{in_words(run)}: generation {run['generations']}", _texts(mine)))
    if not blocks:
        return style.nothing("No learner of texts: nothing to read.")
    lines = [[line for text in texts for line in _wrapped(text)] for _, texts in blocks]
    number = sum(len(some) + 1.5 for some in lines)
    figure, (axes,) = style.canvas(height=_LINE * number + 0.2)
    axes.set(xlim=(0, 1), ylim=(number, 0))
    axes.set_axis_off()
    place = 0.5
    for (name, _), some in zip(blocks, lines, strict=True):
        axes.text(0, place, literal(name), fontsize=8.5, fontweight="bold", va="top")
        for line in some:
            place += 1
            axes.text(0.01, place, literal(line), fontsize=7.5, va="top")
        place += 1.5
    tell(figure, " ".join(f"{name}: “{texts[0]}”" for name, texts in blocks if texts))
    return figure


def _has_texts(shown: pd.DataFrame, learner: str) -> bool:
    rows = shown.loc[(shown["run"] == learner) & (shown["generation"] == 0), "row"]
    return len(rows) > 0 and "text" in json.loads(rows.iloc[0])


def _texts(shown: pd.DataFrame) -> list[str]:
    """The first texts of the first seed, without line breaks and what fonts have no picture of."""
    mine = shown[shown["seed"] == shown["seed"].min()].sort_values("row_id")
    texts = [" ".join(json.loads(row)["text"].split()) for row in mine["row"].head(_TEXTS)]
    return ["".join(letter if letter.isprintable() else "\N{WHITE SQUARE}" for letter in text) for text in texts]


def _wrapped(text: str) -> list[str]:
    whole_text = textwrap.shorten(text, _CHARACTERS, placeholder=" ...") if len(text) > _CHARACTERS else text
    return textwrap.wrap(whole_text or text[:_CHARACTERS], _WIDTH, initial_indent="- ", subsequent_indent="  ") or ["-"]
