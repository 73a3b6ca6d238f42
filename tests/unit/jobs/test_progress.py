"""The printed lines, with a clock that is set by hand."""

from __future__ import annotations

import io

from uncollapse.jobs.progress import Progress


class _Terminal:
    """A stream and a clock."""

    def __init__(self, *, interval: float = 5.0, unit: str = "prompts") -> None:
        self.stream, self.now = io.StringIO(), 100.0
        self.progress = Progress(
            "label beam5", unit=unit, stream=self.stream, interval=interval, clock=lambda: self.now
        )

    def at(self, seconds: float) -> Progress:
        self.now = 100.0 + seconds
        return self.progress

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()


def test_a_run_line_by_line() -> None:
    terminal = _Terminal()
    terminal.at(0).start(total=100_000)
    terminal.at(0.5).update(1_000)  # too early
    terminal.at(2).update(4_000)
    terminal.at(4).update(8_000)  # too soon after the line before
    terminal.at(10).update(20_000)
    terminal.at(12).update(24_000)  # too soon after the line before
    terminal.at(20).update(50_000, note="loss 1.234")
    terminal.at(40).update(100_000)  # finish says so
    terminal.at(40).finish()
    assert terminal.lines == [
        "label beam5: 4,000 of 100,000 prompts, 2,000 prompts/s, 0:48 left",
        "label beam5: 20,000 of 100,000 prompts, 2,000 prompts/s, 0:40 left",
        "label beam5: 50,000 of 100,000 prompts, 2,500 prompts/s, 0:20 left, loss 1.234",
        "label beam5: 100,000 prompts done in 0:40, 2,500 prompts/s",
    ]


def test_a_resumed_run_takes_its_rate_from_what_it_did_itself() -> None:
    terminal = _Terminal(unit="examples")
    terminal.at(0).start(total=10_000, done=6_000)
    terminal.at(10).update(7_000)
    terminal.at(40).finish()
    assert terminal.lines == [
        "label beam5: resuming at 6,000 of 10,000 examples",
        "label beam5: 7,000 of 10,000 examples, 100 examples/s, 0:30 left",
        "label beam5: 10,000 examples done in 0:40, 100 examples/s",
    ]


def test_time_left_in_hours() -> None:
    terminal = _Terminal()
    terminal.at(0).start(total=1_000_000)
    terminal.at(60).update(6_000)
    assert terminal.lines == ["label beam5: 6,000 of 1,000,000 prompts, 100 prompts/s, 2:45:40 left"]


def test_nothing_done_yet_and_no_time_passed_are_no_division_by_zero() -> None:
    terminal = _Terminal(interval=0)
    terminal.at(0).start(total=10)
    terminal.at(0).update(0)
    terminal.at(0).finish()
    assert len(terminal.lines) == 2
