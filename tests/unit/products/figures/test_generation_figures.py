"""Figures and the table of generations, on runs as they might come out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from synthetic_generations import frames

from uncollapse.analysis import style
from uncollapse.analysis.comparison import compare
from uncollapse.products.figures import (
    generations_shown,
    gerstgrasser2024_generations,
    sentences_shown,
    synthetic_worth,
    text_generations,
    verified_generations,
)
from uncollapse.products.tables import gerstgrasser2024_collapse

FRAMES = frames()


def given(*names: str) -> dict[str, pd.DataFrame]:
    return {name: FRAMES[name] for name in (*names, "generation_runs", "learners")}


def test_losses_are_drawn_over_generation_0() -> None:
    figure = style.styled()(gerstgrasser2024_generations.draw)(**given("generation_measures", "yardsticks"))
    upper = figure.axes[0]
    assert upper.get_title(loc="left") == "digits"
    assert {text.get_text() for text in upper.texts} == {
        "replace", "accumulate", "9 real, 4 own, weight golden", "4 fresh real, 36 own",
        "4 fresh real, 36 own, weight golden",
    }  # fmt: skip
    lines = [line.get_ydata() for line in upper.lines if len(line.get_ydata()) == 4]
    assert all(abs(line[0]) < 1e-9 for line in lines)
    assert max(line[-1] for line in lines) == pytest.approx(6.0, abs=0.2)


def test_images_stand_in_a_line_a_generation() -> None:
    figure = style.styled()(generations_shown.draw)(**given("shown"))
    panel = figure.axes[0]
    assert panel.get_title() == "" or panel.get_title(loc="left").startswith("digits")
    assert panel.images[0].get_array().shape == (4 * 3, 3 * 3)  # four generations of 2 x 2 pixels with a margin


def test_language_models_are_drawn_under_every_regime_and_edit() -> None:
    figure = style.styled()(text_generations.draw)(**given("generation_measures", "yardsticks"))
    first, *_ = figure.axes
    ends = [
        float(line.get_ydata()[-1])
        for line in first.lines
        if len(line.get_ydata()) == 4 and line.get_marker() == "None"
    ]
    assert ends == pytest.approx([np.exp(3 * rise) for rise in (0.3, 0.1, 0.02, 0.1)], abs=0.02)  # perplexities
    names = {text.get_text() for text in figure.axes[2].texts}
    assert names == {"replace", "6 real, 4 own", "edited, frozen set", "edited of 4 own and real, fresh set"}


def test_more_lines_than_colours_differ_in_their_dashes() -> None:
    frames = given("generation_measures", "yardsticks")
    for name in ("generation_runs", "generation_measures"):
        one = frames[name][frames[name]["run"] == "texts_replace"]
        frames[name] = pd.concat([frames[name], *(one.assign(run=f"again_{number}") for number in range(4))])
    first, *_ = style.styled()(text_generations.draw)(**frames).axes
    lines = [line for line in first.lines if len(line.get_ydata()) == 4 and line.get_marker() == "None"]
    assert len(lines) == 8
    assert len({(line.get_color(), str(line._dash_pattern)) for line in lines}) == 8


def test_sentences_of_generation_0_and_of_every_runs_last_stand_one_below_the_other() -> None:
    (axes,) = style.styled()(sentences_shown.draw)(**given("shown")).axes
    texts = [text.get_text() for text in axes.texts]
    assert [text for text in texts if "generation" in text] == [
        "news: generation 0", "replace: generation 3", "6 real, 4 own: generation 3",
        "edited, frozen set: generation 3", "edited of 4 own and real, fresh set: generation 3",
    ]  # fmt: skip
    assert texts[1].startswith(r"- texts says \$so\$□ at 0.")
    assert sum(text.startswith("- texts_replace says") for text in texts) == 2
    assert not any("\x07" in text for text in texts)
    few = FRAMES["generation_runs"][FRAMES["generation_runs"]["learner"] == "points"]
    (nothing,) = style.styled()(sentences_shown.draw)(
        shown=FRAMES["shown"], generation_runs=few, learners=FRAMES["learners"]
    ).axes
    assert nothing.texts[0].get_text() == "No learner of texts: nothing to read."


def test_own_rows_are_counted_in_real_ones() -> None:
    figure = style.styled()(synthetic_worth.draw)(**given("generation_measures"))
    left, right = figure.axes
    assert [text.get_text() for text in left.texts] == ["5 real", "20 real"]
    few, many = (line for line in right.lines if line.get_marker() == "o")
    assert tuple(few.get_xdata()) == tuple(many.get_xdata()) == (40, 80)
    equal = np.exp(np.interp([1.5, 2.0], [0.5, 3.0], np.log([20, 5])))[::-1]  # real rows alone with these losses
    assert few.get_ydata() == pytest.approx((equal - 5) / [40, 80], abs=0.01)
    assert all(many.get_ydata() < 0)  # beside 20 real rows, own rows do harm


def test_without_images_the_figure_says_so() -> None:
    runs = FRAMES["generation_runs"]
    few = runs[runs["learner"] == "points"]
    (axes,) = style.styled()(generations_shown.draw)(
        shown=FRAMES["shown"], generation_runs=few, learners=FRAMES["learners"]
    ).axes
    assert axes.texts[0].get_text().endswith("nothing to draw.")


def test_verified_runs_stand_beside_the_same_regime_without_a_verifier() -> None:
    figure = style.styled()(verified_generations.draw)(**given("generation_measures", "verified"))
    names = [text.get_text() for text in figure.axes[2].texts]
    assert names == ["truth verifier", "biased verifier", "random for biased", "no verifier"]
    drawn = [tuple(line.get_ydata()) for line in figure.axes[0].lines]
    assert (pytest.approx(0.6),) * 3 in drawn  # p*, the mean over seeds


def test_intervals_of_shares_end_where_shares_end() -> None:
    measured = FRAMES["generation_measures"]
    shares = measured["quantity"] == "coverage"
    spread = measured.assign(value=measured["value"].where(~shares, measured["seed"].map({0: 0.0, 1: 1.0, 2: 1.0})))
    given_then = given("yardsticks") | {"generation_measures": spread}
    figure = style.styled()(gerstgrasser2024_generations.draw)(**given_then)
    lower = figure.axes[len(figure.axes) // 2]
    heights = np.concatenate([path.vertices[:, 1] for bars in lower.collections for path in bars.get_paths()])
    assert heights.max() == 1  # two thirds and more than a third on each side
    table = gerstgrasser2024_collapse.TABLE
    found = compare(
        gerstgrasser2024_collapse.rows(**given_then), None, keys=table.keys, reported_value=None, bounds=table.bounds
    )
    coverage = found[(found["quantity"] == "coverage") & (found["of"] == "replace")]
    assert len(coverage) == 3  # learners
    assert coverage[["ours_low", "ours_high"]].isin([0, 1]).all(axis=None)
    loss = found[(found["quantity"] == "loss") & (found["of"] == "replace")]
    assert (loss["ours_low"] < 0).any()


def test_the_table_has_real_rows_generation_0_and_every_run() -> None:
    rows = gerstgrasser2024_collapse.rows(**given("generation_measures", "yardsticks"))
    assert not rows.duplicated([*gerstgrasser2024_collapse.TABLE.keys, "seed"]).any()
    loss = rows[(rows["learner"] == "digits") & (rows["quantity"] == "loss")]
    assert set(loss["of"]) == {
        "generation 0", "replace", "accumulate", "9 real, 4 own, weight golden",
        "replace, truth verifier", "replace, biased verifier", "replace, random for biased",
        "4 fresh real, 36 own", "4 fresh real, 36 own, weight golden",
    }  # fmt: skip
    assert loss[loss["of"] == "replace"]["value"].mean() == pytest.approx(-4.0, abs=0.2)
    assert set(rows.loc[rows["of"] == "real rows", "learner"]) == {"digits"}
