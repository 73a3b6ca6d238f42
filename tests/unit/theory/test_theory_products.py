"""Figures and tables of the theory, on small simulations: they draw what is there, and no name is lost."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from uncollapse.analysis import style
from uncollapse.analysis.comparison import compare
from uncollapse.analysis.formatting import to_markdown, widen
from uncollapse.analysis.rendering import render
from uncollapse.artifacts.columns import key_of
from uncollapse.experiments.theory.frames import FRAMES
from uncollapse.products.figures import gerstgrasser2024_accumulation, zhu2024_editing
from uncollapse.products.needs import needed
from uncollapse.products.tables import zhu2024_rules
from uncollapse.report.html_table import to_html
from uncollapse.report.theory_sections import THEORY_SECTIONS
from uncollapse.statistics.means import means
from uncollapse.theory.simulate import load_simulation, simulation_names

CONFIG = yaml.safe_load((Path(__file__).parents[3] / "config.yaml").read_text())
NAMES = {
    kind: [name for name, product in CONFIG[kind].items() if product["experiment"] == "theory"]
    for kind in ("figures", "tables")
}


def frames(kind, name, tables):
    return {frame: tables[frame] for frame in needed(kind, name)}


@pytest.mark.parametrize("name", NAMES["figures"])
def test_figures_draw_points_and_lines_inside_their_axes(tables, name):
    module = import_module(f"uncollapse.products.figures.{name}")
    figure = style.styled()(module.draw)(**frames("figures", name, tables))
    image = render(figure, "png")
    assert image.startswith(b"\x89PNG")
    drawn = [axes for axes in figure.axes if axes.axison]
    for axes in drawn:
        low, high = sorted(axes.get_ylim())
        points = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in axes.lines if len(axes.lines)])
        assert len(points), name
        assert ((points >= low) & (points <= high)).any(), name
    assert module.FIGURE.caption.endswith((".", ".)"))


@pytest.mark.parametrize("name", NAMES["tables"])
def test_tables_hold_every_result_once(tables, name):
    module = import_module(f"uncollapse.products.tables.{name}")
    rows, table = module.rows(**frames("tables", name, tables)), module.TABLE
    found = compare(rows, None, keys=table.keys, reported_value=None, best=table.best, bounds=table.bounds)
    assert found["seeds"].sum() == len(rows) > 0
    assert found["paper"].isna().all()
    assert table.repeats in to_markdown(found, table)
    page = to_html(found, table)
    assert "paper" not in page
    assert ("predicted" in page) == ("predicted" in rows.columns)


def test_the_bound_of_a_shrinking_set_stands_in_no_other_row(tables):
    rows, table = zhu2024_rules.rows(editing=tables["editing"]), zhu2024_rules.TABLE
    wide = widen(compare(rows, None, keys=table.keys, reported_value=None), table)
    assert wide.columns[-1][0] == "bound of eq. 7"
    bounds = {labels[0]: cells[-1][0] for labels, cells, _ in wide.lines}
    assert bounds.pop("fewer each round") not in ("\N{EN DASH}", "not run")
    assert set(bounds.values()) == {"\N{EN DASH}"}
    assert "all of them, each round" in bounds


def test_every_figure_and_table_belongs_to_one_section():
    for name in [*NAMES["figures"], *NAMES["tables"]]:
        assert sum(name.startswith(section.prefix) for section in THEORY_SECTIONS) == 1, name
    simulated = [name for section in THEORY_SECTIONS for name in section.simulations]
    assert sorted(simulated) == simulation_names()
    assert not set(NAMES["figures"]) & set(NAMES["tables"]), "anchors of the report are names"


def test_every_simulation_is_a_frame_and_says_what_tells_its_rows_apart():
    assert sorted(FRAMES) == sorted(simulation_names())
    for name in simulation_names():
        schema = load_simulation(name).SCHEMA
        assert key_of(schema), name
        assert set(key_of(schema)) <= set(schema.names), name


def test_editing_lines_are_the_tables_columns(tables):
    figure = style.styled()(zhu2024_editing.draw)(editing=tables["editing"])
    panel = next(axes for axes in figure.axes if "drawn anew" in axes.get_title(loc="left"))
    fresh = tables["editing"][tables["editing"]["policy"] == "fresh"].groupby("round")[["expected", "bound_6"]].mean()
    drawn = [np.asarray(line.get_ydata(), dtype=float) for line in panel.lines]
    for column in fresh:
        assert any(len(y) == len(fresh) and np.allclose(y, fresh[column]) for y in drawn), column
    assert {text.get_text() for text in panel.texts} == {"exact", "as printed", "bound 2"}


def test_the_cell_shown_in_detail_has_more_rows_than_dimensions(tables):
    dimension, n_points, _ = gerstgrasser2024_accumulation.middle_cell(tables["accumulation"])
    assert (dimension, n_points) == (4, 30)


def test_means_are_students_intervals_cut_at_bounds():
    table = pd.DataFrame({"n": [1, 1, 1, 2], "x": [0.0, 1.0, 1.0, 0.5]})
    found = means(table, "n", "x", bounds=(0, 1))
    assert found.columns.tolist() == ["n", "mean", "low", "high"]
    assert found.loc[0, ["low", "high"]].tolist() == [0, 1]
    assert found.loc[1, ["low", "high"]].isna().all()
    unbounded = means(table, "n", "x").iloc[0]
    assert unbounded["high"] - unbounded["mean"] == pytest.approx(4.3026527 * np.std([0, 1, 1], ddof=1) / 3**0.5)
