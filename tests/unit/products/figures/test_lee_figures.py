"""Figures and tables of self-improvement, from frames as they might come out."""

import inspect
from types import ModuleType

import numpy as np
import pandas as pd
from synthetic_rounds import frames

from uncollapse.analysis.avalanches import forecasts
from uncollapse.products.figures import (
    lee2025_figure3,
    lee2025_figure4,
    lee2025_figure18,
    lee2025_figure24,
    lee2025_filters,
)
from uncollapse.products.tables import lee2025_forecast, lee2025_labels, lee2025_reach

FRAMES = frames()
ACCURACIES, FILTERED, RUNS, COURSES = (FRAMES[name] for name in ("accuracies", "filtered", "runs", "courses"))


def test_figure_18_shows_the_largest_mastered_difficulty() -> None:
    canvas = lee2025_figure18.draw(accuracies=ACCURACIES, runs=RUNS, courses=COURSES)
    (axes,) = (axes for axes in canvas.axes if axes.get_title() == "copy")
    drawn = [line.get_ydata()[-1] for line in axes.lines if len(line.get_ydata()) == 7]
    last = ACCURACIES[(ACCURACIES["run"] == "copy") & (ACCURACIES["round"] == 6)]
    mastered = last[last["correct"] >= 99].groupby("seed")["difficulty"].max()
    assert np.isclose(drawn, mastered.mean()).any()


def test_figures_without_their_runs_say_so() -> None:
    def told(module: ModuleType, runs: pd.DataFrame) -> list[str]:
        given = FRAMES | {"runs": runs}
        wanted = inspect.signature(module.draw).parameters
        return [text.get_text() for text in module.draw(**{name: given[name] for name in wanted}).axes[0].texts]

    step, filtered = RUNS["schedule"] == "step", RUNS["filters"] != ""
    assert told(lee2025_figure18, RUNS[step])[0].startswith("No course has several schedules")
    assert told(lee2025_filters, RUNS[~filtered])[0].startswith("No run step by step has filters")
    for module in (lee2025_figure3, lee2025_figure4):
        assert told(module, RUNS[filtered])[0].startswith("No course of this task has a run")
        assert told(module, RUNS)[0] == "round 0"


def test_every_filter_has_a_colour_of_its_own() -> None:
    voted = RUNS[RUNS["run"] == "forward_voted"]
    names = [f"voted_{number}" for number in range(5)]
    runs = pd.concat([RUNS, *(voted.assign(run=name) for name in names)])
    accuracies, filtered = (
        pd.concat([table, *(table[table["run"] == "forward_voted"].assign(run=name) for name in names)])
        for table in (ACCURACIES, FILTERED)
    )
    canvas = lee2025_filters.draw(accuracies=accuracies, filtered=filtered, runs=runs, courses=COURSES)
    lines = [
        line for line in canvas.axes[0].lines if line.get_marker() in ("None", None, "") and line.get_xdata()[0] == 1
    ]
    assert len({line.get_color() for line in lines if len(line.get_xdata()) == 6}) == 8
    rows = lee2025_labels.rows(filtered=filtered, runs=runs, courses=COURSES)
    assert not rows.duplicated([*lee2025_labels.TABLE.keys, "seed"]).any()


def test_figure_24_speaks_of_one_round_and_of_one_outcome() -> None:
    runs = RUNS.assign(rounds=np.where(RUNS["noise"] != "", RUNS["at"] + 1, RUNS["rounds"]))
    still = ACCURACIES.assign(correct=ACCURACIES["questions"])
    canvas = lee2025_figure24.draw(accuracies=still, filtered=FILTERED, runs=runs, courses=COURSES)
    left, right = canvas.axes
    assert left.get_ylabel() == "accuracy one round later, %"
    assert "none, as all rounds have one outcome" in right.get_title()


def test_without_noise_forecasts_look_half_of_the_longest_run_ahead() -> None:
    runs = RUNS[RUNS["noise"] == ""]
    assert runs["rounds"].max() == 6
    rows = lee2025_forecast.rows(accuracies=ACCURACIES, filtered=FILTERED, runs=runs)
    assert set(rows["rounds"]) == {"without"}
    points = forecasts(ACCURACIES, runs, FILTERED, later=3)
    shown = rows[rows["quantity"] == "foretold"].set_index("seed")["value"]
    right = 100 * ((points["margin"] <= 0) == points["falls"]).groupby(points["seed"]).mean()
    pd.testing.assert_series_equal(shown, right, check_names=False)
    canvas = lee2025_figure24.draw(accuracies=ACCURACIES, filtered=FILTERED, runs=runs, courses=COURSES)
    assert [text.get_text() for axes in canvas.axes for text in axes.texts] == [
        "No run has label noise: avalanches in the config add some."
    ]


def test_reach_is_accuracy_beyond_the_initial_data() -> None:
    rows = lee2025_reach.rows(accuracies=ACCURACIES, filtered=FILTERED, runs=RUNS, courses=COURSES)
    shown = rows[(rows["task"] == "copy") & (rows["run"] == "no filter") & (rows["when"] == "last round")]
    share = shown[shown["quantity"].str.contains("accuracy")].set_index("seed")["value"]
    beyond = ACCURACIES[(ACCURACIES["run"] == "copy") & (ACCURACIES["round"] == 6)]
    beyond = beyond[beyond["difficulty"].between(5, 10)]
    wanted = 100 * beyond.groupby("seed")["correct"].sum() / beyond.groupby("seed")["questions"].sum()
    pd.testing.assert_series_equal(share.sort_index(), wanted, check_names=False)
