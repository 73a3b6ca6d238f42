"""Figures of the comparison of corpora; the first corpus is blue, the second vermillion, a third green."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from uncollapse.analysis import palette, style
from uncollapse.analysis.figure_text import literal

BARS = 20  # top bigrams shown of each corpus


def colours(names: list[str]) -> dict[str, str]:
    """A colour for each corpus."""
    return dict(zip(names, palette.COLOURS, strict=False))


def marks(axes: Axes, rows: pd.DataFrame, words: Mapping[str, str], *, title: str) -> None:
    """A mark with its interval for each text; ``rows``: subject, value, low, high, ``words`` name the subjects."""
    named = colours(list(words.values()))
    found = rows.set_index("subject")
    for place, (subject, name) in enumerate(words.items()):
        value, low, high = (found.at[subject, part] for part in ("value", "low", "high"))
        error = [[value - low], [high - value]]
        axes.errorbar([place], [value], yerr=error, fmt="o", color=named[name], markersize=6, capsize=3)
    axes.set_xticks(range(len(words)), list(map(literal, words.values())))
    axes.set(title=title, xlim=(-0.5, len(words) - 0.5))


def legend(axes: Axes, names: Mapping[str, str], **options: object) -> None:
    """Names of the corpora in their colours, as plain text lines."""
    handles = [axes.plot([], [], color=colour, linewidth=4, label=literal(name))[0] for name, colour in names.items()]
    axes.legend(handles=handles, frameon=False, fontsize=8.5, handlelength=1.2, **options)


def buckets(counts: Mapping[str, Mapping[str, NDArray[np.int64]]]) -> Canvas:
    """Excess of the others over the first corpus in their k fullest buckets; ``counts`` by kind and corpus."""
    with style.styled():
        figure, panels = style.canvas(height=3.4, columns=len(counts), sharey=True)
        for axes, (kind, each) in zip(panels, counts.items(), strict=True):
            named = colours(list(each))
            held = {name: np.cumsum(np.sort(100 * found / found.sum())[::-1]) for name, found in each.items()}
            first = next(iter(held.values()))
            for name, share in held.items():
                axes.plot(np.arange(1, len(share) + 1), share - first, color=named[name], linewidth=1.6)
            axes.set(xscale="log", title=kind, xlabel="k, of 10,000 buckets, fullest first")
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        legend(panels[-1], named, loc="best")
        panels[0].set_ylabel(f"n-grams in the k fullest buckets,\nmore than in {literal(next(iter(named)))} (points)")
        return figure


def top_bigrams(listing: pd.DataFrame) -> Canvas:
    """The most frequent pairs of each of the first two corpora, and how frequent each is in both."""
    names = list(dict.fromkeys(listing["corpus"]))[:2]
    named = colours(names)
    with style.styled():
        figure, panels = style.canvas(height=5.4, columns=2, sharex=True)
        for axes, owner in zip(panels, names, strict=True):
            chosen = listing[(listing["top_of"] == owner) & (listing["place"] <= BARS)]
            for name in names:
                rows = chosen[chosen["corpus"] == name].sort_values("place")
                ends = [rows["value"] - rows["low"], rows["high"] - rows["value"]]
                axes.errorbar(
                    rows["value"], -rows["place"], xerr=ends, fmt="o", color=named[name], markersize=4.5, elinewidth=1.2
                )
            rows = chosen[chosen["corpus"] == owner].sort_values("place")
            axes.set_yticks(-rows["place"], rows["bigram"].map(literal))
            axes.set_title(f"top {BARS} of {literal(owner)}")
            axes.set_xlabel("occurrences per 1,000 word pairs")
            axes.grid(axis="x")
            legend(axes, named, loc="lower right")
        return figure


def perplexities(found: Mapping[str, Mapping[str, NDArray[np.float64]]]) -> Canvas:
    """Histograms of document perplexities, one panel for each prior; the band is the middle 90% of the first corpus."""
    with style.styled():
        figure, panels = style.canvas(height=3.2, columns=len(found))
        for axes, (prior, each) in zip(panels, found.items(), strict=True):
            named = colours(list(each))
            values = {name: value[np.isfinite(value)] for name, value in each.items()}
            everything = np.concatenate(list(values.values()))
            bins = int(np.clip(2 * min(map(len, values.values())) ** 0.5, 8, 40))  # no comb of single documents
            edges = np.geomspace(everything.min() * 0.95, np.quantile(everything, 0.995) * 1.05, bins + 1)
            human = next(iter(values.values()))
            axes.axvspan(*np.quantile(human, [0.05, 0.95]), color=palette.BLUE, alpha=0.08, linewidth=0)
            for name, value in values.items():
                counts, _ = np.histogram(np.minimum(value, edges[-1]), edges)
                axes.stairs(100 * counts / len(value), edges, color=named[name], linewidth=1.6)
            axes.set(xscale="log", xlabel="perplexity of a document", title=f"under {literal(prior)}")
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
            axes.xaxis.set_minor_formatter(lambda value, _: f"{value:g}" if f"{value:g}"[0] in "25" else "")
            legend(axes, named, loc="upper right")
        panels[0].set_ylabel("documents (%)")
        return figure


def token_shares(frame: pd.DataFrame, names: list[str], prior: str) -> Canvas:
    """Share of tokens by probability, in ten bins, with intervals."""
    rows = frame[(frame["diagnostic"] == "token probabilities") & (frame["prior"] == prior)]
    named = colours(names)
    with style.styled():
        figure, (axes,) = style.canvas(height=3.0)
        for place, name in enumerate(names):
            own = rows[(rows["subject"] == name) & rows["measure"].str.contains(" to ", regex=False)]
            low, high = own["value"] - own["low"], own["high"] - own["value"]
            width = 0.8 / len(names)
            axes.bar(
                np.arange(len(own)) + (place - (len(names) - 1) / 2) * width, own["value"], width * 0.92,
                yerr=[low, high], color=named[name], error_kw={"elinewidth": 1, "ecolor": palette.INK},
            )  # fmt: skip
        axes.set_xticks(range(10), [f"{bin_ / 10:.1f}–{(bin_ + 1) / 10:.1f}" for bin_ in range(10)])
        axes.set(xlabel=f"probability of a token under {literal(prior)}", ylabel="tokens (%)")
        legend(axes, named, loc="upper center")
        return figure


def embedding_map(points: pd.DataFrame) -> Canvas:
    """The documents of all corpora in one two-dimensional map."""
    names = list(dict.fromkeys(points["corpus"]))
    named = colours(names)
    with style.styled():
        figure, (axes,) = style.canvas(height=5.2)
        shuffled = points.sample(frac=1, random_state=0)  # so that no corpus hides another
        axes.scatter(shuffled["x"], shuffled["y"], s=18, c=[named[name] for name in shuffled["corpus"]],
                     edgecolors="white", linewidths=0.4)  # fmt: skip
        axes.set(xticks=[], yticks=[], xlabel="t-SNE, first dimension", ylabel="t-SNE, second dimension")
        axes.grid(visible=False)
        legend(axes, named, loc="center left", bbox_to_anchor=(1.0, 0.5))
        return figure


def responses(found: Mapping[str, NDArray[np.float64]]) -> Canvas:
    """Density-sampling responses of each corpus's documents."""
    named = colours(list(found))
    with style.styled():
        figure, (axes,) = style.canvas(height=2.8)
        edges = np.linspace(0, max(float(each.max()) for each in found.values()) * 1.02, 61)
        for name, each in found.items():
            counts, _ = np.histogram(each, edges)
            axes.stairs(100 * counts / len(each), edges, color=named[name], linewidth=1.6)
        axes.set(xlabel="mean kernel to the other documents (0: alone, 1: all alike)", ylabel="documents (%)")
        legend(axes, named, loc="upper right")
        return figure
