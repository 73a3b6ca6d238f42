"""Needs of a table, figure or claims module, read from its source: planning a run imports none of them."""

import ast
import functools
from pathlib import Path

from uncollapse.jobs.file_memory import FileMemory, kept_by_snakemake

FUNCTIONS = {"tables": "rows", "figures": "draw", "claims": "check"}

# a frame with this prefix is a table of workflow/reported
REPORTED = "reported_"


def module_of(kind: str, name: str) -> str:
    """Dotted name of a product's module; kind is tables, figures or claims."""
    return f"uncollapse.products.{kind}.{name}"


def needed(kind: str, name: str) -> list[str]:
    """Names of the keyword arguments of a product's function, those that it can do without included.

    Raises
    ------
    LookupError
        Where there is no such module, or it lacks the function.
    """
    path = _path(kind, name)
    found = _arguments(kind, path)
    if found is not None:
        return list(found)
    known = sorted(other.stem for other in path.parent.glob("*.py") if f"def {FUNCTIONS[kind]}(" in other.read_text())
    raise LookupError(f"there is no such module; known: {', '.join(known)}")


def optional(kind: str, name: str) -> set[str]:
    """Names of :func:`needed` with a default: frames that the product can do without where an experiment has none."""
    return {argument for argument, has_default in (_arguments(kind, _path(kind, name)) or {}).items() if has_default}


@functools.cache
def _path(kind: str, name: str) -> Path:
    return Path(__file__).parent / kind / f"{name}.py"


def _arguments(kind: str, path: Path) -> dict[str, bool] | None:
    """Whether each keyword argument has a default; None where there is no such file or function."""
    return _memory().of(str(path)).get(FUNCTIONS[kind]) if path.is_file() else None


@functools.cache
def _memory() -> FileMemory:
    """Memory of what was read of each module."""
    return kept_by_snakemake("arguments.json", _keywords, by=__file__)


def _keywords(path: str) -> dict[str, dict[str, bool]]:
    """Arguments of every function that makes a product; each version of a file is read once."""
    return {
        node.name: {
            argument.arg: default is not None
            for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        }
        for node in ast.parse(Path(path).read_bytes()).body
        if isinstance(node, ast.FunctionDef) and node.name in FUNCTIONS.values()
    }
