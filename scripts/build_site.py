"""Build the documentation as a site: the pages of this checkout as they are, and the library's docstrings.

    make site                                  in an environment of its own, .venv-site
    python scripts/build_site.py --output site

Pages keep their places, so that their links hold on a site as in the checkout: README.md is the first page, docs/ and
config/ follow, and files that a page links to are copied beside them. A page for each package is made of docstrings.
mkdocs builds it with --strict: a link that leads nowhere, to a page or to a heading, ends it.
"""

import argparse
import ast
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "config/README.md", "benchmarks/RESULTS.md")
LIBRARY = PROJECT / "src/uncollapse"
API = "api"
_LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def main() -> int:
    """The exit status of mkdocs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=PROJECT / "site", help="folder (default: site in the checkout)")
    output = parser.parse_args().output.resolve()
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages"
        for page in [*PAGES, *(path.relative_to(PROJECT).as_posix() for path in (PROJECT / "docs").glob("*.md"))]:
            copy_page(page, pages)
        write_api(pages / API)
        settings = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8")
        for word, place in (("SOURCE", LIBRARY.parent), ("SCRIPTS", PROJECT / "scripts")):
            settings = settings.replace(word, str(place))
        write(Path(folder) / "mkdocs.yml", settings)
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(output)]
        return subprocess.run([*command, "--config-file", str(Path(folder) / "mkdocs.yml")], check=False).returncode


def copy_page(page: str, pages: Path) -> None:
    """A page of the checkout, at its place, with what it links to; a linked folder becomes a list of its files."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    for link in linked(text):
        target = (PROJECT / page).parent / link
        place = pages / target.resolve().relative_to(PROJECT)
        if target.is_dir():
            text = text.replace(f"]({link})", f"]({link.rstrip('/')}/index.md)")
            files = [path for path in sorted(target.iterdir()) if path.is_file()]
            write(place / "index.md", f"# {link}\n\n" + "".join(f"- [{path.name}]({path.name})\n" for path in files))
        else:
            files = [] if target.suffix == ".md" else [target]
        for path in files:
            copied = pages / path.resolve().relative_to(PROJECT)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copied)
    write(pages / page, text)


def linked(text: str) -> list[str]:
    """Links of a page to other files.

    >>> linked("[a](b.md#c), [d](../src/e.py), [f](https://g.org), [h](#i)")
    ['b.md', '../src/e.py']
    """
    return list(dict.fromkeys(_LINK.findall(text)))


def write_api(folder: Path) -> None:
    """A page for each package: what it is for, and all public names of its modules, from docstrings."""
    names = []
    for package in sorted(path for path in LIBRARY.iterdir() if (path / "__init__.py").is_file()):
        about = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
        body = "".join(f"\n## `{name}`\n\n::: {name}\n" for name in modules(package))
        write(folder / f"{package.name}.md", f"# uncollapse.{package.name}\n\n{about}\n{body}")
        names.append((package.name, about.partition("\n")[0]))
    rows = "".join(f"| [{name}]({name}.md) | {about} |\n" for name, about in names)
    write(folder / "index.md", f"# The library\n\n| package | what it is for |\n|---|---|\n{rows}")


def modules(package: Path) -> Iterator[str]:
    """Dotted names of a package's modules that have something public, those of packages within it included."""
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        kinds = (ast.FunctionDef, ast.ClassDef)
        if any(isinstance(node, kinds) and not node.name.startswith("_") for node in tree.body):
            yield ".".join(path.relative_to(LIBRARY.parent).with_suffix("").parts)


def write(path: Path, text: str) -> None:
    """Write a file of the site, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
