"""What a table, figure or claims module needs, read from its source: planning a run imports none of them."""

import ast
import functools
from pathlib import Path

PACKAGES = {
    "tables": "uncollapse.products.tables",
    "figures": "uncollapse.products.figures",
    "claims": "uncollapse.products.claims",
}
FUNCTIONS = {"tables": "rows", "figures": "draw", "claims": "check"}

# a frame with this prefix is a table of workflow/reported
REPORTED = "reported_"

_SOURCE = Path(__file__).parent.parent


def module_of(kind: str, name: str) -> str:
    """Dotted name of a product's module; kind is tables, figures or claims."""
    return f"{PACKAGES[kind]}.{name}"


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
    """Those of :func:`needed` with a default: frames that the product can do without where an experiment has none."""
    return {argument for argument, has_default in (_arguments(kind, _path(kind, name)) or {}).items() if has_default}


def _path(kind: str, name: str) -> Path:
    return _SOURCE.joinpath(*module_of(kind, name).split(".")[1:]).with_suffix(".py")


def _arguments(kind: str, path: Path) -> dict[str, bool] | None:
    """Whether each keyword argument has a default; None where there is no such file or function."""
    if not path.is_file():
        return None
    stat = path.stat()
    return _keywords(path, FUNCTIONS[kind], stat.st_mtime_ns, stat.st_size)


@functools.cache
def _keywords(path: Path, function: str, _mtime: int, _size: int) -> dict[str, bool] | None:
    """Of one function; asked for several times, each version of a file is read once."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            defaults = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            return {argument.arg: default is not None for argument, default in defaults}
    return None
