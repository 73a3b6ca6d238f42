"""No import runs back up: docs/architecture.md lists the packages in layers, and every import keeps to it.

Imports inside functions and those for type checkers count as well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import uncollapse

SOURCE = Path(uncollapse.__file__).parent
ROOT = SOURCE.parents[1]
PACKAGE = SOURCE.name
NO_LAYER = {"__init__.py", "__main__.py"}  # the package itself
# a stage's content is decided by its inputs and its spec
UNKNOWN_TO_STAGES = ("planning", "config", "products")


def layers() -> list[str]:
    """The packages as docs/architecture.md lists them, lowest first."""
    (block,) = re.findall(r"^```packages\n(.*?)^```", (ROOT / "docs/architecture.md").read_text(), re.M | re.S)
    return [line.split()[0] for line in block.splitlines()]


def modules(pattern: str = "**/*.py") -> dict[str, ast.Module]:
    """Syntax tree by path below the source, without the package's own ``__init__.py`` and ``__main__.py``."""
    paths = (path.relative_to(SOURCE).as_posix() for path in sorted(SOURCE.glob(pattern)))
    return {path: ast.parse((SOURCE / path).read_text(), filename=path) for path in paths if path not in NO_LAYER}


def imported(tree: ast.Module, path: str) -> Iterator[tuple[str, ...]]:
    """What a module imports of the project, as parts of dotted names without the project's own.

    ``from a import b`` counts as a and as a.b, since b may be a module.
    """
    here = (PACKAGE, *Path(path).parent.parts)
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) + 1 - node.level] if node.level else ()
            module = ".".join([*above, *filter(None, [node.module])])
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        for name in names:
            first, *rest = name.split(".")
            if first == PACKAGE and rest:
                yield tuple(rest)


def layer(name: str) -> str:
    """The layer of a path or of a module's first name: ``errors.py`` and ``errors`` are one."""
    return name.partition("/")[0].removesuffix(".py")


def test_list_names_every_package_once() -> None:
    listed = layers()
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert len(listed) == len(set(listed))
    assert set(listed) == packages | {"errors"}


def test_nothing_lies_loose_beside_the_packages() -> None:
    assert {path.name for path in SOURCE.glob("*.py")} == {*NO_LAYER, "errors.py"}


def test_imports_never_run_back_up() -> None:
    place = {name: number for number, name in enumerate(layers())}
    upward = {
        f"{path} imports {'.'.join(parts)}"
        for path, tree in modules().items()
        for parts in imported(tree, path)
        if place.get(parts[0], len(place)) > place.get(layer(path), len(place))
    }
    assert not sorted(upward)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("import uncollapse.planning.recipe", [("planning", "recipe")]),
        ("from uncollapse import planning", [("planning",)]),
        ("def run():\n    from uncollapse.config import load", [("config",), ("config", "load")]),
        ("if TYPE_CHECKING:\n    import uncollapse.config", [("config",)]),
        ("from ..config import load", [("config",), ("config", "load")]),
        ("import numpy, collections", []),
    ],
)
def test_no_way_of_importing_is_overlooked(statement: str, found: list[tuple[str, ...]]) -> None:
    assert list(imported(ast.parse(statement), "jobs/stage.py")) == found


def test_stages_do_not_know_the_plan() -> None:
    knowing = {
        f"{path} imports {'.'.join(parts)}"
        for path, tree in modules("experiments/*/stages/*.py").items()
        for parts in imported(tree, path)
        if parts[0] in UNKNOWN_TO_STAGES or parts[-1] == "kind" or parts[-2:-1] == ("kind",)
    }
    assert not sorted(knowing)


def test_snakemake_is_known_in_two_places_alone() -> None:
    """As README says: what is out of date is told to it, and its shell hands jobs to the fork server."""
    knowing = {
        Path(path).parent.as_posix()
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None), *(alias.name for alias in node.names)]
        if name and name.split(".")[0] == "snakemake"
    }
    assert knowing == {"reruns", "jobs/fork_server"}


def test_tables_figures_and_claims_stand_side_by_side() -> None:
    """A module of claims may be composed of others; a table or a figure imports no product."""
    leaning = {
        f"{path} imports {'.'.join(parts)}"
        for kind in ("tables", "figures", "claims")
        for path, tree in modules(f"products/{kind}/*.py").items()
        for parts in imported(tree, path)
        if parts[0] in ("products", "experiments") and not (kind == "claims" and parts[:2] == ("products", "claims"))
    }
    assert not sorted(leaning)
