"""Code that a stage runs: the modules in its static import closure, each with a hash of what it does.

A hash is taken of the syntax tree without docstrings, so a comment, a docstring or a reformatting changes nothing.
Modules looked up by name in config (tasks, verifiers) are no static imports; they are passed as ``plugins``.

Each version of a file is parsed once: what was read of it is remembered from call to call.
"""

import functools
import importlib.metadata
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from uncollapse.jobs.file_memory import FileMemory, Version, kept_by_snakemake, version_of
from uncollapse.jobs.module_hash import __file__ as module_hash_file
from uncollapse.jobs.module_hash import module_hash

PACKAGE = "uncollapse"
_SOURCE = Path(__file__).parents[1]

# third-party libraries whose version no number or byte of a result depends on; those of every other one that a stage
# imports are part of its code
EXCEPTIONS = {
    "absl": "its log handler is turned off",
    "jsonschema": "says whether an answer fits a schema, by a standard",
    "markupsafe": "comes with jinja2, whose version counts",
    "openai": "speaks to a server, whose answers are recorded",
    "httpx2": "carries what openai says",
    "pydantic": "reads settings, whose values are part of every key",
    "requests": "fetches files whose checksum is known",
    "snakemake": "starts jobs",
    "yaml": "reads config, whose values are part of every key",
}
_DISTRIBUTIONS = {
    "PIL": "pillow",
    "lm_eval": "lm-eval",
    "math_verify": "math-verify",
    "reasoning_gym": "reasoning-gym",
    "rouge_score": "rouge-score",
    "sklearn": "scikit-learn",
}


Looks = dict[str, tuple[Version, Any]]  # versions of files, and what was read of them


def code_of(script: Path, *, plugins: Iterable[str] = (), looks: Looks | None = None) -> list[str]:
    """Code that the command runs, as sorted strings ``module@hash`` and ``library==version``.

    ``plugins`` are dotted names of project modules, or paths of users' files, that it will import by name. Codes that
    are asked for with the same ``looks`` are of one moment: each file is looked at once for all of them.
    """
    looks = {} if looks is None else looks
    asked = (str(_SOURCE), str(script), *plugins)
    known = _closures.get(asked)
    if known is None or any(_version_of(path, looks) != version for path, version in known[1]):
        known = _closures[asked] = _closure(*asked[1:], looks=looks)
    return list(known[0])


def module_names(code: Iterable[str]) -> list[str]:
    """The project modules among the entries of a code, without hashes; libraries are left out.

    >>> module_names(["uncollapse.jobs.store@ab12", "numpy==2.4.6"])
    ['uncollapse.jobs.store']
    """
    return [entry.partition("@")[0] for entry in code if "@" in entry]


_closures: dict[tuple[str, ...], tuple[list[str], list[tuple[str, Version]]]] = {}


def _closure(script: str, *plugins: str, looks: Looks) -> tuple[list[str], list[tuple[str, Version]]]:
    """The code of a command, and the version of every file that it was read from."""
    found: dict[str, str] = {}
    files: list[tuple[str, Version]] = []
    libraries: set[str] = set()
    todo = [(name, _folder_of(name)) for name in (script, *plugins)]
    while todo:
        name, root = todo.pop()
        if name in found:
            continue
        path = name if name.endswith(".py") else _module_path(str(_SOURCE), name)
        if path is None:
            continue
        if path not in looks:
            looks[path] = _memory().look(path)
        version, (digest, modules, third_party, beside) = looks[path]
        files.append((path, version))
        found[name] = f"{f'scripts/{Path(path).name}' if name == script else name}@{digest}"
        own = _beside(Path(path), root, beside) if root is not None else {}
        libraries.update(third_party if not own else set(third_party) - own.keys())
        todo += [(other, root) for paths in own.values() for other in paths]
        todo += _next(name, modules)
    versions = sorted(f"{library}=={_version(library)}" for library in libraries)
    return sorted(found.values()) + versions, files


def _version_of(path: str, looks: Looks) -> Version | None:
    try:
        return looks[path][0] if path in looks else version_of(path)
    except OSError:
        return None


_nexts: dict[str, tuple[list[str], list[tuple[str, None]]]] = {}


def _next(name: str, modules: list[str]) -> list[tuple[str, None]]:
    """Modules of the project that run because one does: those it imports, and the packages that it is in.

    Found once for each version of a file, whose imports are one list: a plan asks for a hundred closures.
    """
    known = _nexts.get(name)
    if known is None or known[0] is not modules:
        others = [*modules, *([] if name.endswith(".py") else _parents(name))]
        ours = [(other, None) for other in others if _module_path(str(_SOURCE), other) is not None]
        known = _nexts[name] = (modules, ours)
    return known[1]


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
    return kept_by_snakemake("code_hashes.json", _read, by=(__file__, module_hash_file))


def _folder_of(name: str) -> Path | None:
    """Folder that a user's file finds modules of its own in; None for a module of ours."""
    return Path(name).parent if name.endswith(".py") else None


def _read(path: str) -> list[Any]:
    """Hash, modules of the project (or attributes of them), third-party libraries, and all other names that one file
    imports, of which some may be files of the user's.
    """
    digest, imported = module_hash(Path(path).read_bytes(), path)
    modules = [name for name in imported if name.partition(".")[0] == PACKAGE]
    others = [name for name in imported if name.partition(".")[0] != PACKAGE]
    first = {name.partition(".")[0] for name in others if not name.startswith(".")}
    return [digest, modules, sorted(first - sys.stdlib_module_names - EXCEPTIONS.keys()), others]


def _beside(path: Path, root: Path, imported: Iterable[str]) -> dict[str, list[str]]:
    """Files of a user's that a file of the same user imports, packages with all that leads to a module.

    Names are looked for below ``root``, where the plugin lies, and beside the file itself; those of relative imports
    where their dots lead. The keys are the first parts of the names that are found.
    """
    found: dict[str, list[str]] = {}
    for name in imported:
        level = len(name) - len(name.lstrip("."))
        folders = [path.parents[level - 1]] if 0 < level <= len(path.parents) else [root, path.parent]
        parts = name.lstrip(".").split(".")
        for folder in dict.fromkeys(folders):
            for length in range(1, len(parts) + 1):
                base = folder.joinpath(*parts[:length])
                for each in (base.with_name(f"{base.name}.py"), base / "__init__.py"):
                    if each.is_file() and each != path:
                        found.setdefault(parts[0], []).append(str(each))
    return found


@functools.cache
def _version(library: str) -> str:
    try:
        # a local part such as +cpu names the build, not the version
        return importlib.metadata.version(_DISTRIBUTIONS.get(library, library)).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return "absent"
