"""Configs of tests with some of their keys set otherwise, and what is planned of them."""

from __future__ import annotations

import copy
from typing import Any

from uncollapse.config.load import load
from uncollapse.planning.plan import Plan


def changed(config: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """A copy of a config with one key set; dots nest, and a number in the key is the place in a list."""
    found = copy.deepcopy(config)
    *parents, last = key.split(".")
    part: Any = found
    for name in parents:
        part = part[int(name)] if isinstance(part, list) else part.setdefault(name, {})
    part[int(last) if isinstance(part, list) else last] = copy.deepcopy(value)
    return found


def changed_toy(config: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy of a config with keys of its experiment ``toy`` set; two underscores nest, as in names of arguments."""
    for key, value in changes.items():
        config = changed(config, f"experiments.toy.{key.replace('__', '.')}", value)
    return copy.deepcopy(config)


def planned_toy(config: dict[str, Any], changes: dict[str, Any]) -> Plan:
    """The plan of :func:`changed_toy`."""
    return Plan(load(changed_toy(config, changes)))


def frame_paths(plan: Plan, experiment: str, name: str) -> list[str]:
    """Paths of the files of one frame of an experiment; none where its kind has no such frame."""
    declared = plan.kind_of(experiment).frames.get(name)
    return [] if declared is None else plan.paths(experiment, [*declared.files(plan.block(experiment))])
