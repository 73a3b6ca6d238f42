"""The report in a real browser: nothing cut, nothing unreadable, no broken link, at three widths, light and dark.

Chromium and its driver come from the system (Debian: ``apt-get install chromium chromium-driver``); without them these
tests are skipped. In CI the page of the smoke run is checked as well.
"""

from __future__ import annotations

import html
import io
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from system_programs import lacking, path_of
from uncollapse.analysis.claims_table import COLUMNS
from uncollapse.analysis.scale_claims import beside, kept_claims
from uncollapse.artifacts.measured_parts import FOLDER, parts_below
from uncollapse.products.products import load_product
from uncollapse.report.compact_svg import compact
from uncollapse.report.kept_parts import elsewhere, kept_figures, kept_parts, told
from uncollapse.report.page_size import LARGEST
from uncollapse.report.picture import PREFIX
from uncollapse.report.render import render
from uncollapse.report.report import FigureArtifact, Report, Section, TableArtifact

CHROMIUM, DRIVER = path_of("chromium", "chromium-browser"), path_of("chromedriver")
if CHROMIUM is None or DRIVER is None:
    wanted = ["chromedriver"] if CHROMIUM else ["chromium", "chromedriver"]
    pytest.skip(str(lacking(*wanted)), allow_module_level=True)
webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
axe = pytest.importorskip("axe_selenium_python", reason="axe-selenium-python is not installed")

ROOT = Path(__file__).parents[3]
RUN = ROOT / "results/smoke/report.html"  # what CI makes before its tests; elsewhere it may be of older code
RUNS = [RUN] if os.environ.get("CI") and RUN.is_file() else []
WIDTHS, SCHEMES = (1400, 768, 390), ("light", "dark")
OVERLAP = 0.25  # of the smaller of two texts, from which one is hard to read

# elements that reach over the right edge of the page; what moves within a frame of its own does not
_CUT = """return [...document.querySelectorAll("main *, nav *, h1")].filter((part) => {
  const box = part.getBoundingClientRect();
  return box.width > 1 && box.right > innerWidth + 1 && !part.closest("figure, .unseen, .skip, dialog, thead");
}).slice(0, 5).map((part) => part.outerHTML.slice(0, 150))"""
_BROKEN = """return [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute("href").slice(1))
  .filter((name) => !document.getElementById(name))"""
# pairs of texts of a drawing that lie on each other; matplotlib writes each as a group named text_N
_COLLIDING = """const groups = [...document.querySelectorAll('g[id^="text_"]')];
const texts = groups.map((text) => text.getBoundingClientRect())
  .filter((box) => box.width > 0 && box.height > 0);
const found = [];
texts.forEach((a, place) => texts.slice(place + 1).forEach((b) => {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  const smaller = Math.min(a.width * a.height, b.width * b.height);
  if (width > 0 && height > 0 && width * height > arguments[0] * smaller)
    found.push([a.left, a.top, b.left, b.top].map(Math.round).join(" "));
}));
return found;"""

# numbers of ours in the first table with several lines, after one click on their head and after another
_SORTING = """const lines = (one) => [...one.tBodies[0].rows].filter((row) => !row.classList.contains("heading"));
const sortable = (one) => one.querySelector("thead th.ours button") && lines(one).length > 2;
const table = [...document.querySelectorAll("table")].find(sortable);
const read = () => lines(table).map((row) => parseFloat(row.querySelector("td.ours").firstChild.textContent))
  .filter((one) => !isNaN(one));
const button = table.querySelector("thead th.ours button");
button.click();
const rising = read();
button.click();
return [rising, read()];"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for switch in (
        *("headless=new", "no-sandbox", "disable-gpu", "disable-background-networking", "disable-component-update"),
        *("disable-sync", "hide-scrollbars", f"user-data-dir={tmp_path_factory.mktemp('profile')}"),
    ):
        options.add_argument(f"--{switch}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def synthetic(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(report), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def measured(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All tables, figures of tables and claims that the checkout keeps, and every scale's verdicts: real widths."""
    parts = parts_below(ROOT / FOLDER)
    kept = kept_parts(parts, [path for part in parts for path in part.tables.values()])
    figures = [path.stem for path in sorted((ROOT / "src/uncollapse/products/figures").glob("[a-z]*.py"))]
    sections = []
    for part, found in zip(parts, kept, strict=True):
        artifacts: list[TableArtifact | FigureArtifact] = [
            TableArtifact(
                name=name, table=load_product("tables", name).TABLE, comparison=table, origin=found.origin([name])
            )
            for name, table in found.tables.items()
        ]
        for name in figures:
            for figure in kept_figures([found], name):
                about = load_product("figures", name).FIGURE
                artifacts.append(
                    FigureArtifact(name=f"{name}-drawn", figure=about, svg=figure.svg, origin=figure.origin)
                )
        key = part.about()["experiment"]
        sections.append(Section(key=key, title=key, introduction=told(part.about()), artifacts=tuple(artifacts)))
    claims = pd.concat([kept_claims(part.claims_file) for part in parts])[list(COLUMNS)].drop_duplicates("id")
    shown = pd.read_csv(ROOT / "workflow/reported/claims_shown.csv")
    judged = elsewhere(report.scale, beside(claims, scale=report.scale, parts=parts))
    made = replace(
        report,
        sections=tuple(sections),
        claims=claims,
        elsewhere=judged,
        shown=shown.reindex(columns=list(report.shown), fill_value=""),
    )
    path = tmp_path_factory.mktemp("measured") / "report.html"
    path.write_text(render(made), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=["synthetic", "measured", *(str(path.relative_to(ROOT)) for path in RUNS)])
def page(request: pytest.FixtureRequest, synthetic: Path, measured: Path) -> Path:
    return {"synthetic": synthetic, "measured": measured}.get(request.param, ROOT / request.param)


def shown(browser: Any, page: Path, width: int, scheme: str = "light", media: str = "screen") -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
    if browser.current_url != page.as_uri():
        browser.get(page.as_uri())


def unfolded(browser: Any) -> None:
    browser.execute_script("document.querySelectorAll('details').forEach((part) => { part.open = true; })")


def pictures_of(page: str) -> dict[str, str]:
    """The drawings of a page by their names, as a browser reads them."""
    found = re.findall(r'<image id="image-([^"]*)" href="([^"]*)"', page)
    return {name: unquote(html.unescape(code).removeprefix(PREFIX)) for name, code in found}


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut(browser: Any, page: Path, width: int) -> None:
    shown(browser, page, width)
    unfolded(browser)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(_CUT) == []


def test_nothing_is_cut_on_paper(browser: Any, page: Path) -> None:
    """At the width of A4 with its margins, with every part unfolded by style alone."""
    shown(browser, page, 680, media="print")
    assert browser.execute_script(_CUT) == []
    shown(browser, page, 680)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(browser: Any, synthetic: Path, width: int, scheme: str) -> None:
    """Contrast, names, roles, headings, tables: every rule of axe-core."""
    _judged_by_axe(browser, synthetic, width, scheme)


@pytest.mark.parametrize("path", RUNS)
@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (390, "dark")])
def test_axe_finds_nothing_on_a_whole_run(browser: Any, path: Path, width: int, scheme: str) -> None:
    """Eighteen thousand elements take longer than the half minute that a script has by default."""
    browser.set_script_timeout(300)
    _judged_by_axe(browser, path, width, scheme)


def _judged_by_axe(browser: Any, page: Path, width: int, scheme: str) -> None:
    shown(browser, page, width, scheme)
    checker = axe.Axe(browser)
    checker.inject()
    found = checker.run(options={"resultTypes": ["violations"]})["violations"]
    told = {
        one["id"]: [node["html"][:150] for node in one["nodes"][:3]]
        for one in found
        if one["impact"] in ("serious", "critical")
    }
    assert told == {}


def test_links_lead_somewhere_and_the_script_runs(browser: Any, page: Path) -> None:
    shown(browser, page, 1400)
    assert browser.execute_script(_BROKEN) == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    broken = "return [...document.images].filter((image) => !image.naturalWidth).length"
    assert browser.execute_script(broken) == 0


def test_claims_are_filtered_and_tables_sorted(browser: Any, page: Path) -> None:
    shown(browser, page, 1400)
    every = browser.execute_script("return document.querySelectorAll('.verdicts li[data-paper]').length")
    count = "return document.querySelectorAll('.verdicts li[data-paper]:not([hidden])').length"
    chosen = """const form = document.querySelector(".filter"), list = form.elements.verdict;
        list.value = arguments[0]; list.dispatchEvent(new Event("input", {bubbles: true}));"""
    of_kind = "return document.querySelectorAll('.verdicts li[data-verdict=contradicted]').length"
    browser.execute_script(chosen, "contradicted")
    assert browser.execute_script(count) == browser.execute_script(of_kind) < every
    browser.execute_script(chosen, "")
    assert browser.execute_script(count) == every
    rising, falling = browser.execute_script(_SORTING)
    assert rising == sorted(rising)
    assert falling == sorted(rising, reverse=True)


def test_without_a_script_everything_is_there(browser: Any, page: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(page.as_uri())
        text = browser.find_element("tag name", "main").text
        assert len(text) > 1000
        assert "claims" in text
        assert not browser.find_element("css selector", ".filter").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        browser.get("about:blank")


def test_texts_of_drawings_do_not_lie_on_each_other(browser: Any, page: Path, tmp_path: Path) -> None:
    pictures = pictures_of(page.read_text(encoding="utf-8"))
    assert pictures
    colliding = {}
    for name, code in pictures.items():
        drawing = tmp_path / f"{name}.svg"
        drawing.write_text(code, encoding="utf-8")
        browser.get(drawing.as_uri())
        if found := browser.execute_script(_COLLIDING, OVERLAP):
            colliding[name] = found[:3]
    assert colliding == {}


def test_a_drawing_looks_on_the_page_as_its_file(browser: Any, report: Report, tmp_path: Path) -> None:
    """No pixel but of an edge is another: the page's own is told in half of the letters."""
    (svg,) = [one.svg for one in report.sections[0].artifacts if isinstance(one, FigureArtifact)]
    shown(browser, Path(__file__), 1400)
    seen = []
    for name, code in (
        ("file", svg.decode()),
        ("page", compact(svg)),
        ("other", compact(svg).replace("stroke", "fill")),
    ):
        (tmp_path / f"{name}.svg").write_text(code, encoding="utf-8")
        browser.get((tmp_path / f"{name}.svg").as_uri())
        seen.append(imread(io.BytesIO(browser.get_screenshot_as_png())))
    unlike = [np.mean(np.abs(seen[0] - other).max(axis=2) > 1 / 3) for other in seen[1:]]
    assert unlike[0] < 0.0005 < unlike[1]


def test_the_page_is_not_too_large(page: Path) -> None:
    assert page.stat().st_size < LARGEST
