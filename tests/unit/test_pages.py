"""Pages for people name modules, files, links and headings that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY")),
    *sorted((ROOT / "docs").glob("*.md")),
]
FOLDERS = "benchmarks|docs|envs|profiles|scales|scripts|src|tests|workflow"
NO_MODULES = {"uncollapse.__version__", "uncollapse.rows"}  # an attribute of the package; a key of a file's footer

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
# what the changelog names may be gone since, but what it links to is there
each_linking_page = pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda page: page.name)


def is_there(dotted: str) -> bool:
    """Whether a dotted name is a package, a module, or something that a module's source names."""
    path = ROOT / "src" / Path(*dotted.split("."))
    module = path.parent.with_suffix(".py")
    known = module.is_file() and re.search(rf"\b{path.name}\b", module.read_text(encoding="utf-8"))
    return path.is_dir() or path.with_suffix(".py").is_file() or bool(known)


@each_page
def test_modules(page: Path) -> None:
    found = set(re.findall(r"\buncollapse(?:\.\w+)+", page.read_text(encoding="utf-8"))) - NO_MODULES
    assert [name for name in sorted(found) if not is_there(name)] == []


@each_page
def test_files_of_the_checkout(page: Path) -> None:
    found = re.findall(rf"(?<![\w./-])((?:{FOLDERS})/[\w./-]*[\w/])(?![<*{{])", page.read_text(encoding="utf-8"))
    named = {path for path in found if "NAME" not in path}  # a word that the reader replaces
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@each_linking_page
def test_links(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub and the site spell them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@each_linking_page
def test_links_to_headings(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text(encoding="utf-8"))
    there = {name: anchors(page.parent / name if name else page) for name, _ in links}
    assert [f"{name}#{anchor}" for name, anchor in links if anchor not in there[name]] == []


def test_what_is_gone_is_found() -> None:
    there = ["uncollapse.jobs", "uncollapse.jobs.store", "uncollapse.jobs.stage.Stage"]
    assert [
        name for name in (*there, "uncollapse.job_outputs", "uncollapse.jobs.no_such_name") if is_there(name)
    ] == there
