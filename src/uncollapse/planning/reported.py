"""The experiments that a report is about, and those whose findings count for the papers.

By default a report is about all experiments, those of the papers first; what a user adds beside them has sections of
its own behind theirs, and its findings do not count for the papers' claims. ``report: {experiments: [mine]}`` makes a
report about these alone, for which nothing else is made.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from uncollapse.config.sources import LOADER
from uncollapse.experiments.theory.settings import THEORY
from uncollapse.settings.checkout import of_checkout

if TYPE_CHECKING:
    from uncollapse.planning.plan import Plan


def alone(plan: Plan) -> tuple[str, ...]:
    """The experiments that the report is about and no others; none for a report about all."""
    return tuple(plan.settings.report.experiments or ())


def is_shown(plan: Plan, experiment: str) -> bool:
    """Whether an experiment, or the simulations, stands in the report."""
    chosen = alone(plan)
    return not chosen or experiment in chosen


def counts(plan: Plan, experiment: str) -> bool:
    """Whether findings on an experiment are judged as claims of the report."""
    return experiment in alone(plan) if alone(plan) else not is_added(plan, experiment)


def is_added(plan: Plan, experiment: str) -> bool:
    """Whether a user added an experiment beside those of the papers.

    A plan without any of the papers' has nothing that could be mixed up.
    """
    ours = _of_the_papers()
    return experiment not in ours and bool(ours & {*plan.settings.experiments})


def in_order(plan: Plan) -> list[tuple[str, Any, Any]]:
    """The plan's blocks that the report shows: the papers', their theory, then what a user added."""
    blocks = [block for block in plan.blocks() if is_shown(plan, block[0])]
    return sorted(blocks, key=lambda block: is_added(plan, block[0]))


@cache
def _of_the_papers() -> frozenset[str]:
    config = yaml.load(Path(of_checkout("config.yaml")).read_bytes(), Loader=LOADER)
    return frozenset((*config["experiments"], THEORY))
