"""Processor time of jobs that are done, from the last line of their logs."""

import re
from collections.abc import Sequence
from pathlib import Path

_COST = re.compile(r"^([0-9.]+) s, ([0-9.]+) s of processor time, ", re.MULTILINE)


def processor_seconds(logs: Sequence[Path]) -> float | None:
    """Seconds that the job of the newest of these logs took in its last run; None where none of them says so.

    A job that was stopped and went on took more: its log begins anew.
    """
    cost = _cost(logs)
    return None if cost is None else cost[1]


def begun_at(log: Path) -> float:
    """Time at which the job of a log that is complete began, in seconds since the epoch."""
    clock, _ = _cost([log]) or (0.0, 0.0)
    return log.stat().st_mtime - clock


def _cost(logs: Sequence[Path]) -> tuple[float, float] | None:
    """Seconds by the clock and of processor time that the newest of these logs ends with."""
    there = sorted((log for log in logs if log.is_file()), key=lambda log: log.stat().st_mtime)
    found = _COST.findall(there[-1].read_text(encoding="utf-8", errors="replace")) if there else []
    return (float(found[-1][0]), float(found[-1][1])) if found else None


def taken_from_store(log: Path) -> bool:
    """Whether a log says that its job computed nothing."""
    return ": taken from the store\n" in log.read_text(encoding="utf-8", errors="replace")
