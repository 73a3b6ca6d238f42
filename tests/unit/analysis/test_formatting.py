"""How a comparison reads as Markdown and HTML."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from synthetic_table import COMPARISON, NAN, TABLE

from uncollapse.analysis.formatting import interval, number, to_markdown, widen
from uncollapse.analysis.table import NOTE


def test_numbers_and_intervals() -> None:
    assert number(66.44) == "66.4"
    assert number(-3.0) == "\N{MINUS SIGN}3.0"
    assert number(-0.04) == "0.0"
    assert number(NAN) == "\N{EN DASH}"
    assert interval(66.4, 63.0, 69.8) == "66.4 [63.0, 69.8]"
    assert interval(66.4, NAN, NAN) == "66.4"


def test_markdown() -> None:
    lines = to_markdown(COMPARISON, TABLE).splitlines()
    assert lines[:4] == ["# Accuracy", "", "A paper, Table 1; values in %.", ""]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[4:8]]
    # widest tolerance first; no column for numbers that the paper does not print
    assert cells[0] == [
        *("beam", "5%: ours [95%]", "best", "2%: ours [95%]", "best", "paper"),
        *("1%: ours [95%]", "best", "paper", "seeds"),
    ]
    assert cells[2] == [
        *("5", "93.0 [92.0, 94.0]", "93.5", "66.4 [63.0, 69.8]", "68.0", "66.5"),
        *("38.1 [34.2, 41.9]", "39.4", "19.7", "2 to 3"),
    ]
    # what was not run says so, whether or not the paper has such a row; it has no number at 1%
    assert cells[3] == ["50", "not run", "", "not run", "", "65.9", "not run", "", "\N{EN DASH}", "0"]
    assert len({len(line) for line in lines[4:8]}) == 1


def test_a_cell_that_cannot_be_is_a_dash() -> None:
    layout = replace(TABLE.layout, exists=lambda labels, column: (labels, column) != (("50",), "5%"))
    wide = widen(COMPARISON, replace(TABLE, layout=layout))
    assert wide.lines[1][1] == (("\N{EN DASH}", ""), ("not run", "", "65.9"), ("not run", "", "\N{EN DASH}"))


def test_a_caption_may_depend_on_what_was_run() -> None:
    table = replace(TABLE, caption=lambda comparison: f"{len(comparison)} settings.")
    assert to_markdown(COMPARISON, table).endswith("\n\n4 settings.\n")
    assert TABLE.caption_of(COMPARISON) == "By beam."


def test_two_rows_in_one_cell_are_an_error() -> None:
    with pytest.raises(ValueError, match="share the cell"):
        widen(pd.concat([COMPARISON, COMPARISON]), TABLE)


def test_what_was_measured_on_a_gpu_stands_beside_the_paper() -> None:
    comparison = COMPARISON.assign(measured=[NAN, 67.1, NAN, 66.0])
    text = to_markdown(comparison, TABLE)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[4:8]]
    assert cells[0][3:7] == ["2%: ours [95%]", "best", "paper", "on a GPU"]
    assert cells[0].count("on a GPU") == 1
    assert cells[2][3:7] == ["66.4 [63.0, 69.8]", "68.0", "66.5", "67.1"]
    assert cells[3][3:7] == ["not run", "", "65.9", "66.0"]


def test_the_caption_ends_with_what_is_to_be_known_of_numbers_from_elsewhere() -> None:
    comparison = COMPARISON.assign(measured=[NAN, 67.1, NAN, 66.0])
    comparison.attrs[NOTE] = "Half of the data."
    assert to_markdown(comparison, TABLE).endswith(f"\n\n{TABLE.caption} On a GPU: Half of the data.\n")
    comparison.attrs[NOTE] = ""
    assert to_markdown(comparison, TABLE).endswith(f"\n\n{TABLE.caption}\n")
