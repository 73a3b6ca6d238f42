"""Pages for people name modules, files and links that are there."""

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


@each_page
def test_links(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_what_is_gone_is_found() -> None:
    there = ["uncollapse.jobs", "uncollapse.jobs.store", "uncollapse.jobs.stage.Stage"]
    assert [
        name for name in (*there, "uncollapse.job_outputs", "uncollapse.jobs.no_such_name") if is_there(name)
    ] == there
