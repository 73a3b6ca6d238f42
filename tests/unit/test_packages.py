"""Packages are folders with a docstring: whoever reads or imports one module runs no other."""

from __future__ import annotations

import ast
from pathlib import Path

import uncollapse

ROOT = Path(uncollapse.__file__).parent
# still with code of their own: the version, and the choice of an engine
ALLOWED = {".", "language/engines"}


def test_packages_are_docstrings_only() -> None:
    with_code = set()
    for path in ROOT.rglob("__init__.py"):
        module = ast.parse(path.read_text())
        assert ast.get_docstring(module), path
        if len(module.body) > 1:
            with_code.add(path.parent.relative_to(ROOT).as_posix())
    assert with_code == ALLOWED


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in ROOT.rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]
