"""A rule in a sentence, from what its stage declares."""

import ast
import inspect
from importlib.util import find_spec
from pathlib import Path

from uncollapse.experiments.kind import Stage


def described(stage: Stage) -> str:
    """First line of the docstring of a stage's declaration, else of its body, which is read and not imported."""
    if stage.variant_of is not None and stage.only is not None:
        return f"Jobs of `{stage.variant_of}` of some `{stage.only[0]}`, with resources of their own."
    told = inspect.getdoc(stage.job)
    if told is None and (body := find_spec(stage.body)) is not None and body.origin is not None:
        told = ast.get_docstring(ast.parse(Path(body.origin).read_text(encoding="utf-8")))
    return (told or "").partition("\n")[0]
