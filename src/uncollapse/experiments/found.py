"""Kinds of experiments, found by their folders: every package here that has a module ``kind`` with ``KIND``."""

import functools
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from uncollapse.experiments.kind import Kind


@functools.cache
def kinds() -> dict[str, Kind]:
    """Every kind by its name, those of experiments and of what they share."""
    folders = sorted(path.parent.name for path in Path(__file__).parent.glob("*/kind.py"))
    return {name: import_module(f"uncollapse.experiments.{name}.kind").KIND for name in folders}


def kinds_of_experiments() -> dict[str, Kind]:
    """The kinds that an experiment of config may be, by what its ``kind`` says."""
    return {name: kind for name, kind in kinds().items() if kind.settings is not None and kind.block is None}


def kinds_with(arguments: Iterable[str]) -> list[str] | None:
    """The kinds of experiments that have all of these frames and values; None where they are of no kind's.

    Finished tables and the papers' numbers are no kind's.
    """
    offered = {name: {*kind.frames, *kind.values} for name, kind in kinds_of_experiments().items()}
    asked = set(arguments) & set().union(*offered.values())
    return [name for name, mine in offered.items() if asked <= mine] if asked else None


def section_of(kind: str) -> str | None:
    """Dotted name of the module that says what the report shows of a kind's experiments; None where it has none."""
    path = Path(__file__).parent / kind / "section.py"
    return f"uncollapse.experiments.{kind}.section" if path.is_file() else None
