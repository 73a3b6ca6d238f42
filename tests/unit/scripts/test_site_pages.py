"""The site has every page, each at one place of its contents; make site itself holds the links."""

import runpy
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
SITE = runpy.run_path(str(ROOT / "scripts/build_site.py"))


def _pages(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    parts = nav.values() if isinstance(nav, dict) else nav
    return [page for part in parts for page in _pages(part)]


def test_every_page_stands_once_in_the_contents() -> None:
    named = _pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"])
    pages = [*SITE["PAGES"], *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
    assert sorted(named) == sorted([*pages, "api/index.md"])


def test_a_page_keeps_its_place_and_takes_along_what_it_links_to(tmp_path: Path) -> None:
    SITE["copy_page"]("docs/rounds.md", tmp_path)
    assert (tmp_path / "docs/rounds.md").is_file()
    for link in SITE["linked"]((tmp_path / "docs/rounds.md").read_text()):
        target = tmp_path / "docs" / link
        assert target.is_file() or (ROOT / "docs" / link).suffix == ".md", link
