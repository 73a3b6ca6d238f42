"""Log of a job: a copy of what it prints to standard error, and a last line of what it cost."""

import contextlib
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from uncollapse.errors import explain_os_error


class _Both:
    """A text stream that writes to two; a log that cannot be written, as on a full disk, stops nothing."""

    def __init__(self, first: TextIO, second: TextIO) -> None:
        self.first, self.second = first, second

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self.second.write(text)
        return self.first.write(text)

    def flush(self) -> None:
        self.first.flush()
        with contextlib.suppress(OSError):
            self.second.flush()


@contextlib.contextmanager
def copied_to(log: Path | None) -> Iterator[None]:
    """Copy standard error to a log meanwhile, and end it with the job's cost; without a log, nothing is copied."""
    if log is None:
        yield
        return
    begun = time.monotonic()
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        file = log.open("w", buffering=1)  # line by line, so that a killed job's log ends where the job did
    except OSError as error:
        print(explain_os_error(error, [log]), file=sys.stderr)
        yield
        return
    try:
        with contextlib.redirect_stderr(_Both(sys.stderr, file)):  # type: ignore[type-var]
            yield
    finally:
        with contextlib.suppress(OSError):
            file.write(f"{_cost(begun)}\n")
            file.close()


def _cost(begun: float) -> str:
    """The log's last line: time and memory of the process, for whoever sets limits."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return cost_line(time.monotonic() - begun, sum(usage.ru_utime + usage.ru_stime for usage in used))


def cost_line(seconds: float, processor: float) -> str:
    """Seconds of a job, by the clock and of processor time, and what memory its process had at most, in words."""
    used = [resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    peak = max(used) * (1 if sys.platform == "darwin" else 1024)
    return f"{seconds:.1f} s, {processor:.1f} s of processor time, {peak / 1e9:.2f} GB at most"
