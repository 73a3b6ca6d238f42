"""Progress of long work as plain lines, fit for a terminal that several jobs share and for a cluster's log files."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

FIRST = 1.0  # seconds after which long work first says how long it will take


class Progress:
    """Lines on rows done, rate and time left, at most one every ``interval`` seconds, the first after a second.

    >>> import io
    >>> out = io.StringIO()
    >>> progress = Progress("label", unit="prompts", stream=out, interval=0.0, clock=iter([0.0, 2.0, 4.0]).__next__)
    >>> progress.start(total=400); progress.update(100); progress.finish()
    >>> print(out.getvalue().strip().splitlines()[0])
    label: 100 of 400 prompts, 50 prompts/s, 0:06 left
    """

    def __init__(
        self,
        what: str,
        *,
        unit: str,
        stream: TextIO | None = None,
        interval: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.what, self.unit, self.stream, self.interval, self.clock = what, unit, stream, interval, clock
        self.total = self.first = self.done = 0
        self.begun = self.spoken = 0.0

    def start(self, *, total: int, done: int = 0) -> None:
        """Begin, with ``done`` of ``total`` already there from before a kill."""
        self.total, self.first, self.done = total, done, done
        self.begun = self.spoken = self.clock()
        if done:
            self._print(f"{self.what}: resuming at {done:,} of {total:,} {self.unit}")

    def update(self, done: int, *, note: str = "") -> None:
        """Report that ``done`` are done in all."""
        self.done = done
        now = self.clock()
        pause = self.interval if self.spoken > self.begun else min(self.interval, FIRST)
        if now - self.spoken < pause or done >= self.total:
            return
        self.spoken = now
        text = f"{self.what}: {done:,} of {self.total:,} {self.unit}"
        if done > self.first:
            rate = (done - self.first) / max(now - self.begun, 1e-9)
            text += f", {_few(rate)} {self.unit}/s, {_clock((self.total - done) / rate)} left"
        self._print(text + (f", {note}" if note else ""))

    def finish(self) -> None:
        """Print the total and the time it took."""
        elapsed = self.clock() - self.begun
        rate = (self.total - self.first) / max(elapsed, 1e-9)
        self._print(f"{self.what}: {self.total:,} {self.unit} done in {_clock(elapsed)}, {_few(rate)} {self.unit}/s")

    def _print(self, text: str) -> None:
        print(text, file=self.stream or sys.stderr, flush=True)


def _few(rate: float) -> str:
    """A rate in as many digits as tell something.

    >>> _few(1234.5), _few(2.04), _few(0.013)
    ('1,234', '2', '0.013')
    """
    return f"{rate:,.0f}" if rate >= 10 or rate == 0 else f"{rate:.2g}"


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
