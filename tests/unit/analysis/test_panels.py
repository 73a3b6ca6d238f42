"""Panels of a figure, for narrow screens: where each is, and where the numbers of its axis are."""

from __future__ import annotations

import pytest

from uncollapse.analysis import style
from uncollapse.analysis.rendering import render
from uncollapse.report.picture import Panel, picture


def panels(*, rows: int, columns: int, share: bool | str) -> tuple[Panel, ...]:
    with style.styled():
        figure, axes = style.canvas(height=2.0 * rows, rows=rows, columns=columns, sharey=share)
        for place, one in enumerate(axes):
            one.plot([0, 1], [0, 10**place])
    return picture(render(figure, "svg")).panels


@pytest.mark.parametrize("share", [True, "row"])
def test_a_panel_without_numbers_has_those_of_the_first_in_its_row(share: bool | str) -> None:
    first, *others = panels(rows=1, columns=3, share=share)
    assert first.numbers_width == 0
    for other in others:
        assert other.numbers_x == first.x
        assert 10 < other.numbers_width < first.width / 2
    below = panels(rows=2, columns=2, share=share)
    assert [one.numbers_width > 0 for one in below] == [False, True, False, True]


def test_panels_with_numbers_of_their_own_need_no_others() -> None:
    assert [one.numbers_width for one in panels(rows=1, columns=3, share=False)] == [0, 0, 0]
    assert panels(rows=1, columns=1, share=True) == ()
    assert panels(rows=2, columns=1, share=True) == ()  # each as wide as the figure
