"""Costs of deciding an open claim in core-minutes, from what a finished run of the experiment took."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from uncollapse.analysis.verdict import Finding
from uncollapse.statistics.counted import counted


def cost_of(about: Iterable[Mapping[str, Any]], experiment: str, scale: str) -> Mapping[str, Any] | None:
    """The kept part of an experiment whose cost stands for that of a run: of its scale, else of another; or None.

    Parts tell scale, experiment, date, trainings and processor_seconds; those without times tell no cost.
    """
    of_it = (part for part in about if part["experiment"] == experiment)
    found = [part for part in of_it if part["trainings"] and part["processor_seconds"]]
    return min(found, key=lambda part: part["scale"] != scale, default=None)


def with_minutes(finding: Finding, part: Mapping[str, Any] | None) -> Finding:
    """The finding, with the core-minutes that the further models take which would decide it, where both are known."""
    if part is None or not finding.models:
        return finding
    seconds = part["processor_seconds"] / part["trainings"]
    told = (
        f"About {counted(finding.models * seconds / 60, 'core-minute')}: {counted(seconds, 'processor second')} for "
        f"each model and all that is made for it ({part['experiment']} of scale {part['scale']}, {part['date']})."
    )
    return replace(finding, needed=f"{finding.needed} {told}")
