"""Code that a stage runs: the modules in its static import closure, each with a hash of what it does.

A hash is taken of the syntax tree without docstrings, so a comment, a docstring or a reformatting changes nothing.
Modules looked up by name in config (tasks, verifiers) are no static imports; they are passed as ``plugins``.

Each version of a file is parsed once: what was read of it is remembered from call to call.
"""

import ast
import functools
import hashlib
import importlib.metadata
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from uncollapse.jobs.file_memory import FileMemory, Version, kept_by_snakemake, version_of

PACKAGE = "uncollapse"
_SOURCE = Path(__file__).parents[1]

# third-party libraries that numbers or bytes depend on; their versions are part of a stage's code
NUMERICAL_LIBRARIES = (
    "accelerate",
    "datasets",
    "datasketch",
    "lm_eval",
    "matplotlib",
    "numpy",
    "pandas",
    "peft",
    "pyarrow",
    "reasoning_gym",
    "safetensors",
    "scipy",
    "sklearn",
    "tokenizers",
    "torch",
    "transformers",
    "vllm",
)
_DISTRIBUTIONS = {"reasoning_gym": "reasoning-gym", "sklearn": "scikit-learn"}

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_of(script: Path, *, plugins: Iterable[str] = ()) -> list[str]:
    """Code that the command runs, as sorted strings ``module@hash`` and ``library==version``.

    ``plugins`` are dotted names of project modules, or paths of users' files, that it will import by name.
    """
    asked = (str(_SOURCE), str(script), *plugins)
    known = _closures.get(asked)
    if known is None or any(_version_of(path) != version for path, version in known[1]):
        known = _closures[asked] = _closure(*asked[1:])
    return list(known[0])


def module_names(code: Iterable[str]) -> list[str]:
    """The project modules among the entries of a code, without hashes; libraries are left out.

    >>> module_names(["uncollapse.jobs.store@ab12", "numpy==2.4.6"])
    ['uncollapse.jobs.store']
    """
    return [entry.partition("@")[0] for entry in code if "@" in entry]


_closures: dict[tuple[str, ...], tuple[list[str], list[tuple[str, Version]]]] = {}


def _closure(script: str, *plugins: str) -> tuple[list[str], list[tuple[str, Version]]]:
    """The code of a command, and the version of every file that it was read from."""
    found: dict[str, str] = {}
    files: list[tuple[str, Version]] = []
    libraries: set[str] = set()
    todo = [script, *plugins]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        path = name if name.endswith(".py") else _module_path(str(_SOURCE), name)
        if path is None:
            continue
        version, (digest, modules, third_party) = _memory().look(path)
        files.append((path, version))
        found[name] = f"{f'scripts/{Path(path).name}' if name == script else name}@{digest}"
        libraries.update(third_party)
        todo += modules
        todo += _parents(name) if not name.endswith(".py") else []
    versions = sorted(f"{library}=={_version(library)}" for library in libraries)
    return sorted(found.values()) + versions, files


def _version_of(path: str) -> Version | None:
    try:
        return version_of(path)
    except OSError:
        return None


def _parents(name: str) -> Iterator[str]:
    """Importing a.b.c runs a and a.b as well."""
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts)))


@functools.cache
def _module_path(source: str, name: str) -> str | None:
    """File of a project module, or None for a name that is an attribute rather than a module."""
    package, *parts = name.split(".")
    if package != PACKAGE:
        return None
    base = "/".join([source, *parts])
    return next((path for path in (f"{base}/__init__.py", f"{base}.py") if os.path.isfile(path)), None)


@functools.cache
def _memory() -> FileMemory:
    """Memory of what was read of each file."""
    return kept_by_snakemake("code_hashes.json", _read, by=__file__)


def _read(path: str) -> list[Any]:
    """Hash, imported names of the project (modules or not) and numerical libraries of one file."""
    tree = ast.parse(Path(path).read_bytes(), filename=path)
    parts: list[str] = []
    imported: dict[str, None] = {}
    _walk(tree, parts, imported)
    names = [(name, name.partition(".")[0]) for name in imported]
    modules = [name for name, package in names if package == PACKAGE]
    libraries = {package for _, package in names if package in NUMERICAL_LIBRARIES}
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
    return [digest, modules, sorted(libraries)]


def _walk(node: ast.AST, parts: list[str], imported: dict[str, None]) -> None:
    """Add every type and value below a node, positions and docstrings left out, and every name that is imported."""
    parts.append(type(node).__name__)
    if isinstance(node, ast.Import):
        imported.update((alias.name, None) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        imported[node.module] = None
        imported.update((f"{node.module}.{alias.name}", None) for alias in node.names)
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


@functools.cache
def _version(library: str) -> str:
    try:
        # a local part such as +cpu names the build, not the version
        return importlib.metadata.version(_DISTRIBUTIONS.get(library, library)).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return "absent"
