"""Tables 3 and 4 and the figures of groups: which models fall into which row."""

from __future__ import annotations

import math

import pandas as pd
import pytest
import synthetic_groups

from uncollapse.analysis import style
from uncollapse.analysis.comparison import compare, read_reported
from uncollapse.analysis.formatting import widen
from uncollapse.analysis.rendering import render
from uncollapse.products.figures import feng2024_finetuning, feng2024_verifiers
from uncollapse.products.tables import feng2024_table3, feng2024_table4, selections_and_students

REPORTED = "workflow/reported/feng2024_table{}.csv"


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return synthetic_groups.frames()


def _table(module: object, rows: pd.DataFrame, number: int) -> pd.DataFrame:
    from pathlib import Path

    reported = read_reported(Path(__file__).parents[4] / REPORTED.format(number))
    return compare(rows, reported, keys=module.TABLE.keys, reported_value=module.TABLE.reported_value)


def test_table3_holds_greedy_labels_by_tolerance_and_amount(frames: dict[str, pd.DataFrame]) -> None:
    rows = feng2024_table3.rows(**{name: frames[name] for name in ("group_evaluations", "groups", "labellers")})
    cells = rows.groupby(["selection_tolerance_percent", "training_examples"], dropna=False, sort=False).size()
    seen = [(None if math.isnan(tolerance) else tolerance, size) for tolerance, size in cells.index]
    assert sorted(seen, key=str) == sorted([(2.0, 10), (2.0, 40), (1.0, 40), (None, 10), (None, 40)], key=str)
    assert set(cells) == {2 * 4}  # seeds and tolerances
    one = frames["group_evaluations"].query("model == 'within_1_more-verifier_quality-seed1' and tolerance == 0.02")
    mine = rows.query("selection_tolerance_percent == 1 and evaluation_tolerance_percent == 2 and seed == 1")
    assert mine["value"].item() == pytest.approx(100 * one["accuracy"].item())
    wide = widen(_table(feng2024_table3, rows, 3), feng2024_table3.TABLE)
    lines = {labels: cells for labels, cells, _ in wide.lines}
    assert lines["within 2% of the truth", "12,000,000"][:2] == (("not run", ""), ("not run", "", "80.1"))


def test_table4_has_every_start_before_and_after_and_training_from_scratch(frames: dict[str, pd.DataFrame]) -> None:
    names = ("evaluations", "group_evaluations", "groups", "labellers")
    rows = feng2024_table4.rows(**{name: frames[name] for name in names})
    assert set(rows["evaluation_tolerance_percent"]) == {2.0}
    seeds = rows.groupby(["row_label", "starting_model"]).size()
    for model in ("model_a", "model_b", "model_c", "model_d"):
        assert seeds["before_fine_tuning", model] == 1
        assert [seeds[label, model] for label in ("beam_1", "rejection", "beam_25")] == [2, 2, 2]
    assert seeds["rejection", "from_scratch"] == 3
    assert len(seeds) == 4 + 3 * 5
    comparison = _table(feng2024_table4, rows, 4)
    assert comparison["paper"].notna().sum() == 39
    start = comparison.query("selection == 'before_fine_tuning' and starting_model == 'model_c'")
    assert start["paper"].item() == 93
    wide = widen(comparison, feng2024_table4.TABLE)
    assert [column for column, _ in wide.columns] == list(feng2024_table4.COLUMNS.values())
    before = {labels[0]: cells for labels, cells, _ in wide.lines}["the model before fine-tuning"]
    assert before[-1] == ("\N{EN DASH}", "", "\N{EN DASH}")  # from scratch there is nothing before


def test_the_figure_of_table4_draws_each_start(frames: dict[str, pd.DataFrame]) -> None:
    names = ("evaluations", "group_evaluations", "groups", "labellers")
    comparison = _table(feng2024_table4, feng2024_table4.rows(**{name: frames[name] for name in names}), 4)
    figure = style.styled()(feng2024_finetuning.draw)(feng2024_table4=comparison)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == list(feng2024_table4.COLUMNS.values())
    ticks = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert ticks == ["rejection", "best of 25", "all greedy labels"]
    for axes in figure.axes:
        marks = {tuple(line.get_ydata()) for line in axes.lines if line.get_marker() == "o" and len(line.get_ydata())}
        assert marks == {(0,), (1,), (2,)}
    (key,) = figure.legends
    assert [text.get_text() for text in key.get_texts()] == [
        "after, ours", "before, ours", "after, the paper", "before, the paper",
    ]  # fmt: skip
    (empty,) = style.styled()(feng2024_finetuning.draw)(feng2024_table4=comparison.assign(seeds=0)).axes
    assert empty.texts[0].get_text() == "No cell of Table 4 was run: nothing to draw."


def test_the_figure_of_verifiers_has_one_mark_each(frames: dict[str, pd.DataFrame]) -> None:
    arguments = {"proxy": synthetic_groups.proxy()}
    figure = style.styled()(feng2024_verifiers.draw)(**frames, **arguments)
    left, right = figure.axes
    marks = [line.get_xdata()[0] for line in left.lines if line.get_marker() == "o" and len(line.get_xdata())]
    entries = [entry for entry in synthetic_groups.VERIFIERS.values() if entry[3] == 40]  # of one size
    assert sorted(marks) == sorted(entry[4] for entry in entries)
    covered = [line.get_xdata()[0] for line in right.lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert sorted(covered) == sorted(entry[-1] for entry in entries)
    for axes in (left, right):
        assert {text.get_text() for text in axes.texts} == {
            "generator", "all labels", "2% filter", "1% filter", "biased filter", "noisy filter 'poor'",
            "noisy filter 'good'",
        }  # fmt: skip
    assert render(figure, "svg") == render(style.styled()(feng2024_verifiers.draw)(**frames, **arguments), "svg")


def test_the_table_of_selections_has_all_that_is_known_and_the_students(frames: dict[str, pd.DataFrame]) -> None:
    rows = selections_and_students.rows(**frames, proxy=synthetic_groups.proxy())
    comparison = compare(
        rows,
        None,
        keys=selections_and_students.TABLE.keys,
        reported_value=None,
        bounds=selections_and_students.TABLE.bounds,
    )
    cells = comparison.set_index(["labels", "quantity"])["ours_mean"]
    assert cells["biased filter", "effective share"] == 0.01
    assert cells["noisy filter 'poor'", "p*"] == 0.62
    one = frames["group_evaluations"].query("dataset == 'good_more' and tolerance == 0.02")["accuracy"]
    assert cells["noisy filter 'good'", "students within 2% (%)"] == pytest.approx(100 * one.mean())
    assert rows["labels"].iloc[0] == "all labels"  # the lowest p* first
    wide = widen(comparison, selections_and_students.TABLE)
    assert [column for column, _ in wide.columns] == [
        "p*", "kept precision (%)", "effective share", "students within 2% (%)",
    ]  # fmt: skip


def test_without_a_breakdown_point_the_figure_says_so(frames: dict[str, pd.DataFrame]) -> None:
    proxy = synthetic_groups.proxy().query("quantity != 'p_star'")
    nothing = pd.concat([proxy, proxy.query("quantity == 'kept_precision'").assign(quantity="p_star", value=math.nan)])
    figure = style.styled()(feng2024_verifiers.draw)(**frames, proxy=nothing)
    assert "no data set has a p*" in figure.axes[0].get_title(loc="left")
