"""Tables of the page: every cell with its head, lines that were not run folded, numbers of a GPU apart."""

import re

import pandas as pd
from synthetic_table import COMPARISON, NAN, TABLE

from uncollapse.analysis.table import Layout, Table
from uncollapse.report.html_table import plain, stacked, to_html


def parts(html: str) -> list[str]:
    """Each table's body."""
    return re.findall(r"<tbody>(.*?)</table>", html, re.S)


def test_html_has_a_cell_for_every_head_and_escapes_text() -> None:
    layout = Layout(
        row_heads=("group", "beam"),
        row_label=lambda row: ("<wide>" if row["beam"] > 9 else "narrow", str(row["beam"])),
        column_label=TABLE.layout.column_label,
    )
    table = Table(**{**vars(TABLE), "layout": layout})
    wider = pd.concat([COMPARISON, COMPARISON[COMPARISON["beam"] == 50].assign(beam=60)])
    html = to_html(wider, table)
    assert "<wide>" not in html
    assert "group &lt;wide&gt;" in html
    lines = [line for line in html.splitlines() if line.startswith('<tr><th scope="row"')]
    assert [line.count("<td") for line in lines] == [9, 9, 9]
    assert 'colspan="10"' in to_html(pd.concat([COMPARISON, COMPARISON[COMPARISON["beam"] == 5].assign(beam=6)]), table)
    # without lines that share a group, it is a column like others
    apart = to_html(COMPARISON, table)
    assert 'colspan="10"' not in apart
    assert '<th scope="row" data-label="group">&lt;wide&gt;</th><th scope="row" data-label="beam">50</th>' in apart
    assert '<td class="ours absent" data-label="2%: ours">not run</td>' in html


def test_an_interval_stands_in_an_element_of_its_own() -> None:
    assert stacked("66.4 [63.0, 69.8]") == '66.4 <span class="interval">[63.0, 69.8]</span>'
    assert stacked("<b>") == "&lt;b&gt;"


def test_every_cell_names_its_head() -> None:
    """On a narrow screen heads are not seen, so that each cell carries its own."""
    html = to_html(COMPARISON, TABLE)
    assert '<td class="ours" data-label="2%: ours">66.4 <span class="interval">[63.0, 69.8]</span></td>' in html
    assert html.count("<td") == html.count("<td class") == len(re.findall(r"<td[^>]* data-label=", html))


def test_lines_that_were_not_run_fold_away() -> None:
    run, folded = to_html(COMPARISON, TABLE).split('<details class="not-run">')
    assert "<summary>1 more line was not run here: the paper's numbers</summary>" in folded
    assert 'data-label="beam">5</th>' in run
    assert "not run" not in run
    assert 'data-label="beam">50</th>' in folded
    nothing = to_html(COMPARISON[COMPARISON["seeds"] == 0], TABLE)
    assert "<summary>All 1 lines" in nothing


def test_numbers_of_a_gpu_stand_apart() -> None:
    comparison = COMPARISON.assign(measured=[NAN, 67.1, NAN, 66.0])
    own, apart = to_html(comparison, TABLE).split("On a GPU, with other settings")
    assert "67.1" not in own
    assert '<td class="on-a-GPU" data-label="2%: on a GPU">67.1</td>' in apart
    assert '<td class="paper" data-label="2%: paper">66.5</td>' in apart
    assert "66.4" not in apart
    assert 'class="seeds"' not in apart


def test_the_width_that_a_table_needs_grows_with_its_cells() -> None:
    def width(html: str, form: str = "fit") -> int:
        return int(re.search(rf"{form}-(\d+)", html)[1])  # type: ignore[index]

    narrow = plain(["name", "value"], [("a", "1")], caption="c")
    assert width(narrow) == 10  # "value" and its sign are 6.5: (4 + 6.5) 0.56 + 2 x 1.15 = 8.2 rem, in steps of 2
    many = plain(["name", *"abcdefghij"], [("a", *["1234567"] * 10)], caption="c")
    assert width(many) == 56  # 4 x 0.56 + 1.15 + 10 (7 x 0.56 + 1.15) = 54.1 rem
    assert width(many, "tight") == 46  # smaller: 4 x 0.5 + 0.7 + 10 (7 x 0.5 + 0.7) = 44.7 rem
    unbroken = plain(["name", "value"], [("train-shorter_generator-seed0", "1")], caption="c")
    assert width(unbroken, "tight") == 20  # a word is not broken: 29 x 0.5 + 5 x 0.5 + 2 x 0.7 = 18.4 rem
    broken = plain(["name", "value"], [("train shorter generator seed0", "1")], caption="c")
    assert width(broken, "tight") == 12  # 14 x 0.5 + 5 x 0.5 + 2 x 0.7 = 10.9 rem
    assert '<caption class="unseen">c</caption>' in many
