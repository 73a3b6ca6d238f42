"""Compact drawings have every stroke of the file that they are made of, where it was and as it looked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import numpy as np
import pytest

from uncollapse.analysis import palette, style
from uncollapse.analysis.rendering import render
from uncollapse.report.compact_svg import compact, path
from uncollapse.report.page_size import LARGEST, too_large
from uncollapse.report.picture import address, picture

NUMBER = r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?"
INHERITED = ("fill", "stroke")  # and all that begins so
HALF_A_STEP = 0.0051  # of a hundredth of a point


def places(data: str) -> list[tuple[str, float, float]]:
    """The points of a path in absolute places, each with what leads to it."""
    found, here, start = [], np.zeros(2), np.zeros(2)
    for command, text in re.findall(r"([A-Za-z])([^A-Za-df-z]*)", data):
        numbers = [float(number) for number in re.findall(NUMBER, text)]
        if command in "zZ":
            here = start
            found.append(("z", *here))
            continue
        if command in "hHvV":
            axis = "hv".index(command.lower())
            pairs = [np.array([number, 0] if axis == 0 else [0, number]) for number in numbers]
        else:
            pairs = list(np.reshape(numbers, (-1, 2)))
        size = {"q": 2, "c": 3}.get(command.lower(), 1)
        for place in range(0, len(pairs), size):
            points = [pair + here if command.islower() else pair for pair in pairs[place : place + size]]
            letter = "l" if command.lower() in "hvl" or (command in "mM" and place) else command.lower()
            found += [(letter, *point) for point in points]
            here = points[-1]
            start = here if letter == "m" else start
    return found


def strokes(svg: bytes | str) -> Iterator[tuple[dict[str, str], list[float], list[tuple[str, float, float]]]]:
    """All that is drawn, in order: its style, the numbers of its places and transforms, and its points."""
    root = ElementTree.fromstring(re.sub(r"\sxmlns(:\w+)?=['\"][^'\"]*['\"]|xlink:|rdf:|cc:|dc:", "", _text(svg)))
    named = {element.get("id"): element for element in root.iter() if element.get("id")}

    def walk(element: ElementTree.Element, said: dict[str, str], numbers: list[float], referred: bool) -> Iterator:
        if element.tag in ("defs", "metadata") and not referred:
            return
        said = {key: value for key, value in said.items() if key.startswith(INHERITED) or key == "clip"}
        parts = [part.split(":", 1) for part in element.get("style", "").split(";") if part]
        said = said | {key.strip(): colour(value.strip()) for key, value in parts}
        if clip := element.get("clip-path"):
            (rectangle,) = named[clip[5:-1]]
            corners = [round(float(rectangle.get(key)), 2) for key in ("x", "y", "width", "height")]
            said["clip"] = str(corners)
        own = [element.get(key) for key in ("x", "y", "transform") if element.get(key)]
        numbers = numbers + [float(number) for text in own for number in re.findall(NUMBER, text)]
        if element.tag == "path":
            yield said, numbers, places(element.get("d", ""))
        if element.tag == "use":
            yield from walk(named[element.get("href")[1:]], said, numbers, True)
        for child in element:
            yield from walk(child, said, numbers, False)

    yield from walk(root, {}, [], False)


def _text(svg: bytes | str) -> str:
    return svg if isinstance(svg, str) else re.sub(r"<!DOCTYPE[^>]*>", "", svg.decode())


def colour(value: str) -> str:
    return re.sub(r"^#(\w)(\w)(\w)$", r"#\1\1\2\2\3\3", value)


@pytest.fixture(scope="module")
def svg() -> bytes:
    """Curves, points with intervals, areas, formulas, a logarithmic axis, half seen-through marks on each other."""
    with style.styled():
        figure, (left, right) = style.canvas(height=2, columns=2)
        x = np.geomspace(1, 300, 40)
        left.plot(x, 1 / x, color=palette.BLUE)
        left.fill_between(x, 0.5 / x, 2 / x, color=palette.SKY, alpha=0.3, linewidth=0)
        left.set(xscale="log", title=r"$\sigma^2 \phi/(1-\phi)$")
        right.scatter(np.sin(x), np.cos(x), alpha=0.4, color=palette.GREEN, label="<A & 'B'>")
        right.errorbar([0, 0.1], [0.4, -0.2], yerr=0.123456, fmt="o", linestyle="--")
        right.legend()
        right.contour(np.outer(x, x), levels=[3, 30])
    return render(figure, "svg")


def test_every_stroke_is_there_where_it_was(svg: bytes) -> None:
    before, after = list(strokes(svg)), list(strokes(compact(svg)))
    assert len(before) == len(after) > 100
    for (style_before, at_before, points_before), (style_after, at_after, points_after) in zip(
        before, after, strict=True
    ):
        assert style_before == style_after
        np.testing.assert_allclose(at_before, at_after, atol=HALF_A_STEP)
        assert [point[0] for point in points_before] == [point[0] for point in points_after]
        np.testing.assert_allclose(
            [point[1:] for point in points_before], [point[1:] for point in points_after], atol=HALF_A_STEP
        )


def test_it_is_about_half_as_long(svg: bytes) -> None:
    assert len(address(compact(svg))) < 0.55 * len(svg)


@pytest.mark.parametrize(
    ("data", "steps"),
    [
        ("M 1 1 L 2 2 L 3 1 z M 5 5 L 6 5 z", "M1 1l1 1 1-1zM5 5h1z"),
        ("M 0 0 L 0.004 0 L 0.008 0 L 0.012 0", "M0 0h0 .01 0"),  # rounded places, not rounded steps
        ("M 0 0 C 1 2 3 4 5 6 C 6 6 6 6 6 6", "M0 0c1 2 3 4 5 6 1 0 1 0 1 0"),
        ("M 1e-05 -0.5 L 1.5e1 -.25", "M0-.5l15 .25"),
        ("M 0 0 L 5 0 z L 1 1", "M0 0h5zl1 1"),  # goes on from the start
        ("M 0 0 A 1 1 0 0 1 2 2", "M 0 0 A 1 1 0 0 1 2 2"),  # not of matplotlib: as it was
    ],
)
def test_paths_in_steps(data: str, steps: str) -> None:
    assert path(data) == steps


def test_an_opacity_stays_with_each_of_its_marks() -> None:
    """Of a group it would be that of all its marks together, and marks on each other would look like one."""
    marks = "<use href='#m' style='fill: #aabbcc; opacity: 0.4'/>" * 2
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg'><defs><path id='m' d='M 0 0'/></defs><g>{marks}</g></svg>"
    assert compact(drawing.encode()).count("opacity:0.4") == 2
    assert compact(drawing.encode()).count("fill:#abc") == 1


def test_words_within_a_drawing_end_no_attribute() -> None:
    drawing = (
        b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><desc>"&lt;b&gt;" &amp; 50% #1</desc></svg>"""
    )
    found = picture(drawing.replace(b"<svg ", b'<svg data-finding="&quot;a &lt; b&quot;" '))
    assert found.finding == '"a < b"'
    code = found.address
    assert "finding" not in code
    assert '"' not in code
    assert "%22&amp;lt;b>%22 &amp;amp; 50%25 %231" in code


def test_a_page_of_five_megabytes_is_too_large() -> None:
    assert too_large("x" * (LARGEST - 1)) == ""
    pictures = "".join(f'<image id="image-f{size}" href="{"x" * size * 10**6}"/>' for size in (1, 3, 2))
    told = too_large(pictures)
    assert told.startswith("the page has 6.0 MB, more than 5; its largest pictures are f3 (3.0 MB), f2 (2.0 MB), f1")
    assert too_large("é" * (LARGEST // 2))  # bytes, not letters
