"""Hash of what a Python module does: of its syntax tree without docstrings and comments."""

import ast
import hashlib
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from uncollapse.errors import ChangedError
from uncollapse.settings.from_source import SOURCE, YOUNG

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def module_hash(source: bytes, filename: str) -> tuple[str, list[str]]:
    """Hash of a module's source, 12 hexadecimal digits, and every name that it imports, modules or not.

    Names of relative imports begin with their dots.
    """
    parts: list[str] = []
    imported: dict[str, None] = {}
    _walk(ast.parse(source, filename=filename), parts, imported)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12], list(imported)


def check_loaded(code: Iterable[str]) -> None:
    """Raise an error where a module that this process has loaded is no longer what the key of its work says.

    ``code``: strings ``module@hash``, of modules of the project. Both what was loaded and what lies there now must be
    it: a file may have been edited and put back. Files that nobody has touched for an hour are as they were.

    Raises
    ------
    ChangedError
        Naming the module.
    """
    for entry in code:
        name, at, digest = entry.partition("@")
        if name.endswith(".py"):  # a user's, by its path
            path = name if Path(name).is_file() else None
        else:
            path = getattr(sys.modules.get(name), "__file__", None) if at else None
        if path is None:
            continue
        try:
            changed = time.time() - Path(path).stat().st_ctime < YOUNG
            sources = {Path(path).read_bytes(), *_loaded_from(path)} if changed else ()
            found = {module_hash(source, path)[0] for source in sources}
        except (OSError, SyntaxError):
            found = {""}
        if found - {digest}:
            raise ChangedError(
                f"{path}: edited while the job ran, so that nobody knows which version made the result, which is not"
                " kept; run again"
            )


def _loaded_from(path: str) -> list[bytes]:
    """Sources of the modules that this process has loaded from a file, where the loader has kept them."""
    # no attributes, for which modules of others would import more
    facts = [vars(module) for module in list(sys.modules.values()) if isinstance(module, ModuleType)]
    return [module[SOURCE] for module in facts if SOURCE in module and module.get("__file__") == path]


def _walk(node: ast.AST, parts: list[str], imported: dict[str, None]) -> None:
    """Add every type and value below a node, positions and docstrings left out, and every name that is imported."""
    parts.append(type(node).__name__)
    if isinstance(node, ast.Import):
        imported.update((alias.name, None) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        begins = "." * node.level + (f"{node.module}." if node.module else "")
        imported.update((f"{begins}{alias.name}", None) for alias in node.names)
        if node.module:
            imported[begins.removesuffix(".")] = None
    elif isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
        del node.body[0]
    for field in node._fields:
        value = getattr(node, field)
        several = isinstance(value, list)
        parts.append(f"{field}[" if several else field)
        for each in value if several else (value,):
            if isinstance(each, ast.AST):
                _walk(each, parts, imported)
            else:
                parts.append(repr(each))
    parts.append(")")
