"""What a table, figure or claims module needs, read from its source: planning a run imports none of them."""

import ast
from pathlib import Path

PACKAGES = {
    "tables": "uncollapse.reporting.tables",
    "figures": "uncollapse.reporting.figures",
    "claims": "uncollapse.claims",
}
FUNCTIONS = {"tables": "rows", "figures": "draw", "claims": "check"}

# arguments that follow from config; all others are frames, read from artifacts
FROM_CONFIG = ("datasets", "matrix_size", "training_examples", "labelling_seed", "order")

_SOURCE = Path(__file__).parent.parent


def module_of(kind: str, name: str) -> str:
    """Dotted name of a product's module; kind is tables, figures or claims."""
    return f"{PACKAGES[kind]}.{name}"


def needed(kind: str, name: str) -> list[str]:
    """Names of the keyword arguments of a product's function.

    Raises
    ------
    LookupError
        Where there is no such module, or it lacks the function.
    """
    path = _SOURCE.joinpath(*module_of(kind, name).split(".")[1:]).with_suffix(".py")
    if path.is_file():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name == FUNCTIONS[kind]:
                return [argument.arg for argument in node.args.kwonlyargs]
    known = sorted(other.stem for other in path.parent.glob("*.py") if f"def {FUNCTIONS[kind]}(" in other.read_text())
    raise LookupError(f"there is no such module; known: {', '.join(known)}")
