"""Processor time of jobs that are done, from the last line of their logs."""

import re
from collections.abc import Sequence
from pathlib import Path

_COST = re.compile(r"^[0-9.]+ s, ([0-9.]+) s of processor time, ", re.MULTILINE)


def processor_seconds(logs: Sequence[Path]) -> float | None:
    """Seconds that the job of the newest of these logs took in its last run; None where none of them says so.

    A job that was stopped and went on took more: its log begins anew.
    """
    there = sorted((log for log in logs if log.is_file()), key=lambda log: log.stat().st_mtime)
    found = _COST.findall(there[-1].read_text(encoding="utf-8", errors="replace")) if there else []
    return float(found[-1]) if found else None
