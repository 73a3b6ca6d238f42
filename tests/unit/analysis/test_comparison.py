"""Merging with a reported table: order, nulls, seeds, and keys that look different but are the same."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from uncollapse.analysis.comparison import compare, read_measured, read_reported
from uncollapse.errors import DataError

REPORTED = "selection,beam,tolerance,accuracy\nbest,50,,84.0\nnone,1,2,60.5\nbest,5,,69.1\n"
KEYS = ("selection", "beam", "tolerance")


def ours(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[*KEYS, "seed", "value"])


def table(frame: pd.DataFrame, **options: object) -> pd.DataFrame:
    return compare(frame, read_reported(io.StringIO(REPORTED)), keys=KEYS, reported_value="accuracy", **options)


def test_the_word_none_is_not_read_as_null() -> None:
    assert list(read_reported(io.StringIO(REPORTED))["selection"]) == ["best", "none", "best"]
    assert list(read_reported(io.StringIO("a\nNA\nnull\n"))["a"]) == ["NA", "null"]


def test_rows_keep_the_papers_order_and_ours_follow() -> None:
    frame = table(
        ours(
            ("clean", None, None, 0, 95.0),
            ("best", 5.0, float("nan"), 1, 74.0),
            ("best", 5.0, float("nan"), 0, 70.0),
            ("none", 1.0, 2.0, 0, 55.0),
        )
    )
    assert list(frame["selection"]) == ["best", "none", "best", "clean"]
    assert frame["beam"].dtype == "Int64"
    assert frame["beam"].to_list()[:3] == [50, 1, 5]
    assert list(frame["seeds"]) == [0, 1, 2, 1]
    assert list(frame["paper"][:3]) == [84.0, 60.5, 69.1]
    assert pd.isna(frame["paper"][3])
    assert pd.isna(frame.loc[0, "ours_mean"])
    assert pd.isna(frame.loc[1, "ours_low"])
    assert frame.loc[1, "ours_best"] == 55.0
    # seeds 70 and 74: mean 72, t at one degree of freedom 12.7062, standard error 2
    assert frame.loc[2, "ours_mean"] == 72.0
    assert frame.loc[2, "ours_high"] == pytest.approx(72 + 2 * 12.7062, abs=1e-3)
    assert frame.loc[2, "ours_best"] == 74.0


def test_what_we_ran_may_come_first() -> None:
    frame = table(ours(("clean", None, None, 0, 95.0), ("none", 1, 2.0, 0, 55.0)), ours_first=True)
    assert list(frame["selection"]) == ["none", "clean", "best", "best"]
    assert list(frame["beam"])[2:] == [50, 5]


def test_settings_of_several_seeds_may_share_one_spread() -> None:
    """Deviations of 2 and 4 from the means: a variance of (8 + 32) / 2 with two degrees of freedom."""
    rows = ours(
        ("none", 1, 2.0, 0, 50.0), ("none", 1, 2.0, 1, 54.0), ("best", 5, None, 0, 70.0), ("best", 5, None, 1, 78.0),
        ("clean", None, None, 0, 95.0), ("other", 1, 9.0, 0, 10.0), ("other", 1, 9.0, 1, 90.0),
    )  # fmt: skip
    rows["family"] = ["a"] * 5 + ["b"] * 2
    frame = compare(rows, None, keys=[*KEYS, "family"], reported_value=None, pooled=["family"])
    half = 4.302653 * (20 / 2) ** 0.5
    assert frame["ours_high"][:2].tolist() == pytest.approx([52 + half, 74 + half])
    assert pd.isna(frame["ours_low"][2])  # one seed has no interval
    assert frame["ours_high"][3] == pytest.approx(50 + 12.706205 * 40)


def test_labellers_are_no_more_for_standing_in_many_cells() -> None:
    rows = ours(
        ("none", 1, 2.0, 0, 50.0), ("none", 1, 2.0, 1, 54.0), ("best", 5, None, 0, 70.0), ("best", 5, None, 1, 78.0),
    )  # fmt: skip
    rows["family"], rows["alone"] = "a", True
    frame = compare(rows, None, keys=[*KEYS, "family"], reported_value=None, pooled=["family"])
    assert (frame["ours_high"] - frame["ours_mean"]).tolist() == pytest.approx([12.706205 * 2, 12.706205 * 4])


def test_an_interval_that_the_rows_bring_is_the_cells() -> None:
    """Over more than seeds, such as test prompts: it takes the place of that over seeds, and is cut at the bounds."""
    rows = ours(("a", 1, 2.0, 0, 90.0), ("a", 1, 2.0, 1, 94.0), ("b", 1, 2.0, 0, 50.0), ("b", 1, 2.0, 1, 54.0))
    rows = rows.assign(low=[70.0, 70.0, None, None], high=[114.0, 114.0, None, None])
    frame = compare(rows, None, keys=KEYS, reported_value=None, bounds=(0.0, 100.0))
    assert frame.loc[0, ["ours_mean", "ours_low", "ours_high"]].tolist() == [92.0, 70.0, 100.0]
    assert frame.loc[1, "ours_high"] == pytest.approx(52 + 12.706205 * 2)  # none is known: over its two seeds


def test_perplexities_have_a_relative_spread_and_a_geometric_mean() -> None:
    rows = ours(("none", 1, 2, 0, 100.0), ("none", 1, 2, 1, 121.0))
    frame = table(rows, logarithms=True)
    assert frame.loc[1, "ours_mean"] == pytest.approx(110.0)
    assert frame.loc[1, "ours_high"] / 110 == pytest.approx(110 / frame.loc[1, "ours_low"])
    assert table(rows, logarithms=lambda row: row["beam"] != 1).loc[1, "ours_mean"] == 110.5


def test_a_key_that_the_paper_leaves_empty_keeps_our_type() -> None:
    reported = pd.DataFrame([("none", 1, None, 60.5)], columns=[*KEYS, "accuracy"])
    frame = compare(ours(("data", 1, 2.0, 0, 5.0)), reported, keys=KEYS, reported_value="accuracy")
    assert frame["tolerance"].dtype == "float64"
    assert frame["tolerance"][1] == 2.0


def test_the_best_of_a_loss_is_the_lowest() -> None:
    frame = table(ours(("none", 1, 2, 0, 5.0), ("none", 1, 2, 1, 4.0)), best="min")
    assert frame.loc[1, "ours_best"] == 4.0


def test_the_order_of_our_rows_does_not_matter_for_the_papers() -> None:
    frame = ours(("none", 1, 2, 0, 5.1), ("none", 1, 2, 1, 4.3), ("none", 1, 2, 2, 4.4), ("best", 5, None, 0, 1.0))
    pd.testing.assert_frame_equal(table(frame), table(frame.iloc[::-1]))


def test_a_seed_counted_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice for seed 0"):
        table(ours(("none", 1, 2, 0, 5.0), ("none", 1, 2.0, 0, 6.0)))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match=r"missing columns \['seed'\]"):
        table(ours(("none", 1, 2, 0, 5.0)).drop(columns="seed"))


def test_what_was_measured_elsewhere_is_a_column_more() -> None:
    measured = ours(("best", 5, None, 0, 1.0), ("best", 100, None, 0, 1.0)).drop(columns=["seed", "value"])
    frame = table(ours(("none", 1.0, 2.0, 0, 55.0)), measured=measured.assign(measured=[70.5, 90.0]))
    assert list(frame.columns)[-1] == "measured"
    assert list(frame["beam"]) == [50, 1, 5, 100]
    assert frame["measured"].isna().tolist() == [True, True, False, False]
    assert list(frame["measured"][2:]) == [70.5, 90.0]
    assert frame["seeds"].tolist() == [0, 1, 0, 0]
    assert "measured" not in table(ours(("none", 1.0, 2.0, 0, 55.0))).columns


def test_a_measured_table_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feng.csv"
    path.write_text("selection,beam,tolerance,measured\nnone,1,2,60\n")
    with pytest.raises(DataError, match=r"feng\.csv: columns \['measured_best', 'seeds'\] are missing"):
        read_measured(path, KEYS)
    path.write_text("selection,beam,tolerance,measured,measured_best,seeds\nnone,1,2,60,60,1\n")
    assert read_measured(path, KEYS)["selection"].tolist() == ["none"]
