"""Which code a stage runs: the modules in its static import closure, each with a hash of what it does.

A hash is taken of the syntax tree without docstrings, so a comment, a docstring or a reformatting changes nothing.
Modules looked up by name in config (tasks, verifiers) are no static imports; they are passed as ``plugins``.
"""

import ast
import functools
import hashlib
import importlib.metadata
from collections.abc import Iterable, Iterator
from pathlib import Path

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
    "safetensors",
    "scipy",
    "sklearn",
    "tokenizers",
    "torch",
    "transformers",
    "vllm",
)
_DISTRIBUTIONS = {"sklearn": "scikit-learn"}


def code_of(script: Path, *, plugins: Iterable[str] = ()) -> list[str]:
    """What the command runs, as sorted strings ``module@hash`` and ``library==version``.

    Parameters
    ----------
    script : the command's file.
    plugins : dotted names of project modules, or paths of users' files, that it will import by name.
    """
    found: dict[str, str] = {}
    libraries: set[str] = set()
    todo = [str(script), *plugins]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        path = Path(name) if name.endswith(".py") else _module_path(name)
        if path is None:
            continue
        digest, modules, third_party = _read(path)
        label = f"scripts/{path.name}" if name == str(script) else name
        found[name] = f"{label}@{digest}"
        libraries |= third_party
        todo += modules
        todo += _parents(name) if not name.endswith(".py") else []
    return sorted(found.values()) + sorted(f"{library}=={_version(library)}" for library in libraries)


def module_names(code: Iterable[str]) -> list[str]:
    """The project modules among the entries of a code, without hashes; libraries are left out.

    >>> module_names(["uncollapse.jobs.store@ab12", "numpy==2.4.6"])
    ['uncollapse.jobs.store']
    """
    return [entry.partition("@")[0] for entry in code if "@" in entry]


def _parents(name: str) -> Iterator[str]:
    """Importing a.b.c runs a and a.b as well."""
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts)))


def _module_path(name: str) -> Path | None:
    """File of a project module, or None for a name that is an attribute rather than a module."""
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return None
    base = _SOURCE.joinpath(*parts[1:])
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None


def _read(path: Path) -> tuple[str, list[str], set[str]]:
    stat = path.stat()
    return _read_version(path, stat.st_mtime_ns, stat.st_size)


@functools.cache
def _read_version(path: Path, _mtime: int, _size: int) -> tuple[str, list[str], set[str]]:
    """Hash, project modules and numerical libraries of one file; read once for all stages of a run."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    modules: list[str] = []
    third_party: set[str] = set()
    for name in _imports(tree):
        if name.split(".")[0] == PACKAGE:
            modules.append(name)
        elif name.split(".")[0] in NUMERICAL_LIBRARIES:
            third_party.add(name.split(".")[0])
    return _hash(tree), modules, third_party


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _hash(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body
            if ast.get_docstring(node, clean=False) is not None:
                node.body = body[1:]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:12]


@functools.cache
def _version(library: str) -> str:
    try:
        # a local part such as +cpu names the build, not the version
        return importlib.metadata.version(_DISTRIBUTIONS.get(library, library)).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return "absent"
