"""Figures: the right points, names that do not overlap, the same bytes every time."""

from __future__ import annotations

import pandas as pd
import pytest
import synthetic_run

from uncollapse.analysis import style, ticks
from uncollapse.analysis.direct_labels import spread
from uncollapse.analysis.figure_text import in_two
from uncollapse.analysis.rendering import render
from uncollapse.products.figures import feng2024_beams, learning_curves, zhu2024_figure12


@pytest.fixture(scope="module")
def table1() -> pd.DataFrame:
    rows = [
        (1, "verify_all", 2.0, 65.0, 60.0, 70.0, 67.0, 3, 66.9),
        (5, "verify_all", 2.0, 88.0, 86.0, 90.0, 89.0, 3, 79.3),
        (50, "verify_all", 2.0, None, None, None, None, 0, 90.4),
        (1, "verify_best", 2.0, 65.0, None, None, 65.0, 1, 66.9),
        (5, "verify_best", 2.0, 64.0, None, None, 64.0, 1, 66.5),
        (1, "verify_all", 0.5, None, None, None, None, 0, 2.4),
    ]
    keys = ["beam_size", "selection", "tolerance_percent"]
    measures = ["ours_mean", "ours_low", "ours_high", "ours_best", "seeds", "paper"]
    return pd.DataFrame(rows, columns=[*keys, *measures]).astype(dict.fromkeys(measures, float) | {"seeds": int})


def test_labels_move_apart_and_stay_inside() -> None:
    assert spread([0.50, 0.51, 0.90], gap=0.1, low=0.0, high=1.0) == [0.455, 0.555, 0.9]
    assert spread([1.2, 1.2, 1.2], gap=0.1, low=0.0, high=1.0) == [0.8, 0.9, 1.0]
    # pushing the third label down makes it touch the first two: all four form one block
    assert spread([0.5, 0.1, 0.12, 0.2], gap=0.1, low=0.0, high=1.0) == [0.5, 0.04, 0.14, 0.24]


def test_beams_draw_ours_and_the_papers_numbers(table1: pd.DataFrame) -> None:
    figure = style.styled()(feng2024_beams.draw)(feng2024_table1=table1)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["within 2%"]  # 0.5% was not run
    drawn = [list(map(float, line.get_ydata())) for line in figure.axes[0].lines]
    assert [66.9, 79.3, 90.4] in drawn
    assert [65.0, 88.0] in drawn
    names = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(names) == sorted(
        f"{name}, {who}" for name, _ in feng2024_beams.CURVES.values() for who in ("ours", "paper")
    )


def test_close_beam_widths_are_not_all_named() -> None:
    assert feng2024_beams._legible([1, 5, 10, 25, 35, 50]) == {1, 5, 10, 25, 50}


def test_where_nothing_was_run_the_figure_says_so(table1: pd.DataFrame) -> None:
    (empty,) = style.styled()(feng2024_beams.draw)(feng2024_table1=table1[table1["seeds"] == 0]).axes
    assert empty.texts[0].get_text().endswith("nothing to draw.")
    curves = synthetic_run.curves().assign(validation_loss=None)
    (empty,) = style.styled()(learning_curves.draw)(curves=curves).axes
    assert empty.texts[0].get_text().endswith("nothing to draw.")


def test_the_mean_curve_stops_where_a_seed_is_missing() -> None:
    models = pd.DataFrame(
        {"seed": [0, 1, 0, 1, 0], "examples": [10, 10, 20, 20, 30], "accuracy": [0.1, 0.3, 0.4, 0.6, 0.9]}
    )
    mean = learning_curves.mean_curve(models, "accuracy")
    assert mean.to_dict() == {10: pytest.approx(0.2), 20: pytest.approx(0.5)}


def test_learning_curves_name_every_training_set() -> None:
    figure = style.styled()(learning_curves.draw)(
        curves=synthetic_run.curves(seeds=2), order=["clean", "best_of_5", "unused"]
    )
    names = {text.get_text() for text in figure.axes[0].texts}
    assert names == {"generator", "clean", "best of 5"}
    assert all(f"{name} " in figure.get_label() for name in names)
    assert figure.get_label().startswith("held-out accuracy at the end, in the mean over seeds: generator ")
    heights = [text.get_window_extent().y0 for text in figure.axes[0].texts]
    assert len(set(heights)) == 3
    figure = style.styled()(learning_curves.draw)(
        curves=synthetic_run.curves(seeds=2), datasets=synthetic_run.DATASETS, order=["clean", "data_selection"]
    )
    assert {text.get_text() for text in figure.axes[0].texts} == {"generator", "true labels", "2% filter"}


def test_a_logarithmic_axis_says_so_once_wherever_its_name_stands() -> None:
    with style.styled():
        figure, (left, right) = style.canvas(height=2, columns=2)
        left.set(xscale="log", xlabel="rounds", ylabel="error")
        right.set(yscale="log", xlabel="rounds", ylabel="log of a size")
        figure.supxlabel("rounds of all")
        figure.supylabel("errors of all")
    for _ in range(2):  # drawn again it says no more
        render(figure, "svg")
    assert [left.get_xlabel(), left.get_ylabel()] == ["rounds (log scale)", "error"]
    assert [right.get_xlabel(), right.get_ylabel()] == ["rounds", "log of a size"]
    assert [figure.get_supxlabel(), figure.get_supylabel()] == [
        "rounds of all (log scale)",
        "errors of all (log scale)",
    ]


def test_names_that_do_not_fit_are_broken_and_others_are_not() -> None:
    long = "a name of an axis that is a good deal longer than the axis at which it stands"
    with style.styled():
        figure, (left, right) = style.canvas(height=2, columns=2)
        left.set(ylabel=long, xlabel="short", yscale="log")
        right.set(ylabel="short", title=f"{long}\nand one more line")
    render(figure, "svg")
    assert left.get_ylabel() == f"{long}\n(log scale)"
    assert [left.get_xlabel(), right.get_ylabel()] == ["short", "short"]
    assert right.get_title(loc="left") == f"{in_two(long)}\nand one more line"
    assert right._left_title.get_window_extent().x1 <= figure.bbox.x1


def test_a_single_round_has_one_mark() -> None:
    with style.styled():
        _, (axes,) = style.canvas(height=2)
        axes.plot([1], [3], "o")
        ticks.whole(axes.xaxis)
    low, high = axes.get_xlim()
    assert [float(tick) for tick in axes.get_xticks() if low <= tick <= high] == [1.0]


@pytest.mark.parametrize(("low", "high"), [(460, 1350), (500, 850), (0.9, 3.1), (3, 3e5), (101, 104)])
def test_ticks_of_a_logarithmic_axis_are_few_round_numbers_inside_it(low: float, high: float) -> None:
    places = ticks.round_ticks(low, high)
    assert 4 <= len(places) <= 12
    assert all(low <= place <= high for place in places)
    digits = {len(f"{tick:.6e}".partition("e")[0].rstrip("0").replace(".", "")) for tick in places}
    assert max(digits) <= (2 if high > 1.1 * low else 4)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_bytes_depend_on_the_data_only(table1: pd.DataFrame, kind: str) -> None:
    import matplotlib

    first = render(style.styled()(feng2024_beams.draw)(feng2024_table1=table1), kind)
    with matplotlib.rc_context({"font.size": 20, "svg.hashsalt": "other", "lines.linewidth": 5}):
        figure = style.styled()(feng2024_beams.draw)(feng2024_table1=table1)
        render(figure, "png")  # drawing one format does not change the other
        second = render(figure, kind)
    assert first == second
    assert b"date" not in first[:2000].lower()


def test_responses_near_zero_stand_beside_their_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim zhu-F12-a is about those near zero."""
    monkeypatch.setattr(zhu2024_figure12, "subject_words", lambda subjects, _: {name: name for name in subjects})
    rows = [
        ("density", measure, subject, "minilm", value, value / 2, 2 * value)
        for measure, values in (("responses below 0.05", (60.0, 20.0)), ("mean response", (0.06, 0.1)))
        for subject, value in zip(("human", "machine"), values, strict=True)
    ]
    columns = ["diagnostic", "measure", "subject", "prior", "value", "low", "high"]
    options = {"subjects": ["human", "machine"], "trained_models": pd.DataFrame()}
    figure = style.styled()(zhu2024_figure12.draw)(diagnostics=pd.DataFrame(rows, columns=columns), **options)
    drawn = {axes.get_ylabel(): [float(bars[0].get_ydata()[0]) for bars in axes.containers] for axes in figure.axes}
    assert drawn == {"responses below 0.05 (%)": [60.0, 20.0], "mean response": [0.06, 0.1]}
    (empty,) = style.styled()(zhu2024_figure12.draw)(diagnostics=pd.DataFrame(columns=columns), **options).axes
    assert "not measured" in empty.texts[0].get_text()
