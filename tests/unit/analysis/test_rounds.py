from __future__ import annotations

import pandas as pd
import pytest
from synthetic_rounds import COURSES, RUNS, frames

from uncollapse.analysis.avalanches import avalanches, forecasts, foretold, separation, start_of_avalanche
from uncollapse.analysis.rounds import beyond, farthest, newest, plain, reached, whole_runs
from uncollapse.analysis.rounds_in_words import distinct, in_words

FRAMES = frames()
NOISY = "copy-uniform-40at3"


def test_a_whole_run_has_the_rounds_that_it_shares() -> None:
    whole = whole_runs(FRAMES["accuracies"], RUNS[RUNS["run"] == NOISY])
    assert sorted(set(whole["round"])) == [0, 1, 2, 3, 4, 5, 6]
    assert set(whole["run"]) == {NOISY}
    assert not whole.duplicated(["round", "seed", "difficulty"]).any()
    own = FRAMES["accuracies"]
    shared = own[(own["run"] == "copy") & (own["round"] == 2)]["correct"].tolist()
    assert whole[whole["round"] == 2]["correct"].tolist() == shared


def test_the_plain_run_of_a_course() -> None:
    assert plain(RUNS, "copy")["run"].tolist() == ["copy"]
    assert plain(RUNS, "forward_addition")["run"].tolist() == ["forward_addition"]


def test_reach_and_farthest() -> None:
    copy = RUNS[RUNS["run"] == "copy"]
    assert reached(FRAMES["filtered"], copy).loc["copy"].tolist() == [5, 6, 7, 8, 9, 10]
    table = pd.DataFrame(
        {"run": "a", "round": 0, "seed": 0, "difficulty": [1, 2, 3], "questions": 100, "correct": [100, 99, 98]}
    )
    assert farthest(table)["difficulty"].tolist() == [2]
    assert farthest(table.assign(correct=5))["difficulty"].tolist() == [0]


def test_accuracy_beyond_the_initial_data_leaves_them_out() -> None:
    copy = RUNS[RUNS["run"] == "copy"]
    found = beyond(FRAMES["accuracies"], copy, COURSES, FRAMES["filtered"])
    own = FRAMES["accuracies"].query("run == 'copy' and round == 6 and seed == 1 and 4 < difficulty <= 10")
    last = found.query("round == 6 and seed == 1")["accuracy"].item()
    assert last == pytest.approx(100 * own["correct"].sum() / own["questions"].sum())
    assert set(found["round"]) == set(range(7))


def test_the_newest_difficulty_is_that_of_the_round() -> None:
    found = newest(FRAMES["accuracies"], FRAMES["filtered"], RUNS[RUNS["run"] == "copy"])
    own = FRAMES["accuracies"].query("run == 'copy' and round == 2 and seed == 0 and difficulty == 6")
    assert found.query("round == 2 and seed == 0")["accuracy"].item() == own["correct"].item()


def test_avalanches_have_the_run_without_noise_at_rate_0() -> None:
    found = avalanches(FRAMES["accuracies"], FRAMES["filtered"], RUNS, COURSES)
    assert found.groupby(["at", "rate"]).size().to_dict() == {(at, r): 3 for at in (1, 3) for r in (0.0, 0.1, 0.4, 0.8)}
    means = found.groupby(["at", "rate"])["accuracy"].mean()
    assert means[1, 0.0] > means[1, 0.8]


def test_forecasts_compare_with_before_the_round() -> None:
    points = forecasts(FRAMES["accuracies"], RUNS, FRAMES["filtered"], later=3)
    row = points.query("run == @NOISY and round == 3 and seed == 1").iloc[0]
    labels = FRAMES["filtered"].query("run == @NOISY and round == 3 and seed == 1 and difficulty == 7").iloc[0]
    assert row["margin"] == pytest.approx(0.5 - (1 - labels["right"] / 100))
    tested = FRAMES["accuracies"].query("seed == 1 and difficulty == 7")
    before = tested.query("run == 'copy' and round == 2")["correct"].item()
    after = tested.query("run == @NOISY and round == 6")["correct"].item()
    assert row["change"] == after - before
    assert start_of_avalanche(points, RUNS).sum() == 18


def test_a_round_that_runs_share_is_forecast_once_and_by_the_run_without_noise() -> None:
    points = forecasts(FRAMES["accuracies"], RUNS, FRAMES["filtered"], later=3)
    assert points[points["run"] == NOISY]["round"].unique().tolist() == [3]
    assert points[points["run"] == "copy"]["round"].unique().tolist() == [1, 2, 3]


POINTS = pd.DataFrame(
    {
        "run": list("aabb"),
        "course": list("ccdd"),
        "seed": 0,
        "margin": [0.4, 0.3, -0.2, 0.1],
        "falls": [False, False, True, True],
    }
)


def test_forecasts_are_right_by_chance_or_by_p_star() -> None:
    assert foretold(POINTS).value == 0.75
    assert separation(POINTS).value == 1.0
    assert separation(POINTS.assign(margin=0.0)).value == 0.5


def test_the_interval_of_forecasts_stands_on_initial_models_not_on_their_runs() -> None:
    again = pd.concat([POINTS, *(POINTS.assign(run=POINTS["run"] + str(n)) for n in range(9))], ignore_index=True)
    assert foretold(again) == foretold(POINTS) == (0.75, 0.5, 1.0)
    trained_anew = again.assign(seed=again.index // len(POINTS))
    assert 0.6 < foretold(trained_anew).low < 0.75 < foretold(trained_anew).high < 0.9
    assert pd.isna(foretold(POINTS.assign(course="c")).low), "one model has no interval"


def test_runs_are_named_by_what_they_keep() -> None:
    words = {run["run"]: in_words(run) for _, run in RUNS.iterrows()}
    assert words["copy"] == "no filter"
    assert words["forward_voted"] == "length (margin 2) and vote (agree 3)"


def test_runs_that_differ_in_nothing_that_is_told_bear_their_names() -> None:
    twice = pd.concat([RUNS, RUNS[RUNS["run"] == "copy"].assign(run="copy_again")])
    words = distinct(twice, in_words)
    assert words["copy_again"] == "no filter [copy_again]"
    assert words["forward_oracle"] == "oracle"
    assert set(words) == set(twice["run"])
