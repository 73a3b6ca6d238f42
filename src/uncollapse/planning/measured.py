"""Measurements of other scales that come with the checkout: which of them are of what a plan's experiments are of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncollapse.artifacts.measured_parts import FOLDER, MeasuredPart, parts_below
from uncollapse.settings.checkout import of_checkout

if TYPE_CHECKING:
    from uncollapse.planning.plan import Plan


def measured_parts(plan: Plan) -> list[MeasuredPart]:
    """Kept parts of scales other than the plan's, of experiments that it has and that are of the same kind and texts.

    Raises
    ------
    ArtifactError
        Where a part does not say how it was measured.
    """
    return [part for part in parts_below(Path(of_checkout(FOLDER))) if _is_beside(plan, part)]


def _is_beside(plan: Plan, part: MeasuredPart) -> bool:
    about = part.about()
    mine = {name: (kind.name, block) for name, kind, block in plan.blocks()}.get(about["experiment"])
    if mine is None or about["scale"] == plan.settings.scale:
        return False
    kind, block = mine
    settings = about["settings"]
    return settings.get("kind", kind) == kind and on_the_same_texts(block, lambda: settings)


def on_the_same_texts(settings: Any, theirs: Callable[[], dict[str, Any]]) -> bool:
    """Whether what was measured is of the corpora and base models that an experiment names, if it names any.

    ``theirs`` gives the experiment's settings where it was measured.
    """
    if settings is None or not hasattr(settings, "data") or not hasattr(settings, "base"):
        return True
    found = theirs()
    return (found["data"]["corpus"], found["base"]) == (settings.data.corpus, settings.base)
