"""The report's small tables as text."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from uncollapse.report.report_tables import count_rows, feature_rows, proxy_rows, records

NAN = math.nan


def proxy(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["dataset", "quantity", "value", "low", "high"])


def test_proxy_quantities_stand_in_reading_order_with_their_intervals() -> None:
    table = proxy_rows(
        proxy(
            ("a", "p_star", 0.8, 0.75, 0.85),
            ("a", "p", 0.33, 0.32, 0.34),
            ("a", "kept", 66540.0, NAN, NAN),
            ("a", "phi", 1.0, 1.0, 1.0),
            ("a", "mean_rank", 2.5, NAN, NAN),
        )
    )
    assert table["heads"] == ["kept", "p", "φ", "p*", "mean rank"]
    assert table["lines"] == [
        ("a", ["66,540", "0.330 [0.320, 0.340]", "1.000", "0.800 [0.750, 0.850]", "2.500"], "yes")
    ]
    assert [sign for sign, _ in table["meanings"]] == ["p", "φ", "p*"]


@pytest.mark.parametrize(
    ("p", "p_star", "answer"),
    [((0.6, 0.59, 0.61), (0.5, 0.5, 0.5), "no"), ((0.5, 0.49, 0.52), (0.5, NAN, NAN), "cannot tell")],
)
def test_p_against_p_star(p: tuple[float, ...], p_star: tuple[float, ...], answer: str) -> None:
    assert proxy_rows(proxy(("a", "p", *p), ("a", "p_star", *p_star)))["lines"][0][2] == answer


@pytest.mark.parametrize(("share", "answer"), [(0.002, "yes, but on other prompts"), (0.54, "yes")])
def test_p_below_p_star_of_other_prompts_is_said_to_be_so(share: float, answer: str) -> None:
    table = proxy_rows(
        proxy(("a", "p", 0.5, 0.49, 0.52), ("a", "p_star", 0.65, 0.64, 0.66), ("a", "effective_share", share, NAN, NAN))
    )
    assert table["lines"][0][2] == answer
    assert "effective share" in [sign for sign, _ in table["meanings"]]


def test_p_star_without_p_says_nothing() -> None:
    assert proxy_rows(proxy(("a", "p_star", 0.5, NAN, NAN)))["lines"][0][2] == "\N{EN DASH}"


def test_features_differ_where_intervals_do_not_touch() -> None:
    columns = ["feature", "kept_mean", "kept_low", "kept_high", "dropped_mean", "dropped_low", "dropped_high"]
    frame = pd.DataFrame(
        [
            ("a_b", 4.0, 3.9, 4.1, 3.0, 2.9, 3.1),
            ("c", 1.0, 0.9, 1.1, 2.0, 1.9, 2.1),
            ("d", 1.0, 0.9, 1.1, 1.1, 1.05, 1.2),
        ],
        columns=columns,
    )
    assert [line[1][0] for line in feature_rows(frame)] == ["a b", "c", "d"]
    assert [line[1][3] for line in feature_rows(frame)] == ["higher", "lower", "about the same"]


def test_counts_add_up_or_show_what_is_missing() -> None:
    columns = ["stage", "artifact", "rows_in", "rows_kept", "reason", "rows_dropped"]
    frame = pd.DataFrame(
        [("select", "x", 1000, 700, "wrong", 290), ("select", "x", 1000, 700, "not_finite", 10),
         ("label", "y", 50, 48, None, None)],
        columns=columns,
    )  # fmt: skip
    first, second = count_rows(frame)
    assert first == {
        "stage": "select", "artifact": "x", "rows_in": "1,000", "rows_kept": "700",
        "dropped": "290 wrong, 10 not finite", "missing": 0,
    }  # fmt: skip
    assert second["missing"] == 2
    frame.loc[1, "rows_kept"] = 699
    with pytest.raises(ValueError, match="select x: its rows disagree"):
        count_rows(frame)


def test_nulls_of_any_kind_become_none() -> None:
    frame = pd.DataFrame({"a": [1.0, NAN], "b": pd.array([pd.NA, 2], dtype="Int64"), "c": ["x", None]})
    assert records(frame) == [{"a": 1.0, "b": None, "c": "x"}, {"a": None, "b": 2, "c": None}]
