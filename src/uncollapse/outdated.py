"""Artifacts that were made otherwise than the present plan would make them, by what is written beside them."""

from collections.abc import Callable, Iterable
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


def wanted(plan: Plan, paths: Iterable[str], targets: Iterable[str]) -> set[str]:
    """Those that the targets are made from (without targets, the report); all where a target is no file of the plan."""
    paths, targets = set(paths), list(targets) or [f"{plan.root}/report.html"]
    if not paths or any(recipe_of(plan, target) is None for target in targets):
        return paths
    return paths & made_from(plan, targets)


def made_from(plan: Plan, targets: Iterable[str]) -> set[str]:
    """The targets and every artifact of the plan that they are made from."""
    found: set[str] = set()
    todo = list(targets)
    while todo:
        path = todo.pop()
        recipe = recipe_of(plan, path)
        if path in found or recipe is None:
            continue
        found.add(path)
        todo += [other for paths in recipe.inputs.values() for other in paths]
    return found
