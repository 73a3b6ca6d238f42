"""Artifacts that were made otherwise than the present plan would make them, by what is written beside them."""

from collections.abc import Callable
from pathlib import Path

from uncollapse.changes import changes, read_record
from uncollapse.planning import Plan
from uncollapse.recipe import recipe_of


def outdated(plan: Plan, recorded_at: Callable[[str], float]) -> set[str]:
    """Artifacts below the plan's folder whose code, config or set of inputs is another now.

    Parameters
    ----------
    plan : what would be made now.
    recorded_at : when Snakemake recorded an artifact, in seconds since the epoch. Where its record is as young as what
        lies beside the artifact, it will notice a change by itself, and nothing is read here.
    """
    found = set()
    for beside in Path(plan.root).glob("**/.provenance/*.json"):
        path = beside.parent.parent / beside.name.removesuffix(".json")
        if not path.exists() or recorded_at(str(path)) >= beside.stat().st_mtime:
            continue
        recipe, record = recipe_of(plan, path), read_record(beside)
        if recipe is not None and (record is None or changes(record, recipe)):
            found.add(str(path))
    return found
