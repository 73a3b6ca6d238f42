"""Options of a command line: numbers that are checked where they are read, and flags that several commands have."""

import argparse
import contextlib
import math
import os
from collections.abc import Callable, Iterator
from typing import NoReturn

from uncollapse.jobs.command_ending import ARGPARSE


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, without all options before it."""

    def error(self, message: str) -> NoReturn:
        """Print the message, and leave."""
        self.exit(ARGPARSE, f"{self.prog}: error: {message} ({self.prog} --help lists all options)\n")


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """An argparse type: a whole number of at least ``least``, and at most ``most``.

    >>> whole(1)("3")
    3
    """

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least {least}")
        if most is not None and value > most:
            raise argparse.ArgumentTypeError(f"{text!r} is more than {most:,}; lower it")
        return value

    return read


def finite(text: str) -> float:
    """An argparse type: a number that is neither infinite nor NaN.

    >>> finite("2.5")
    2.5
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is no finite number")
    return value


def positive(text: str) -> float:
    """An argparse type: a finite number above zero."""
    if (value := finite(text)) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not above zero")
    return value


@contextlib.contextmanager
def quietly(quiet: bool) -> Iterator[None]:
    """Leave out progress and notes, which go to standard error, where ``--quiet`` asks for it; errors are raised."""
    if not quiet:
        yield
        return
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stderr(nowhere):
        yield


def add_quiet(parser: argparse._ActionsContainer) -> None:
    """The option ``--quiet``, see :func:`quietly`."""
    parser.add_argument("--quiet", action="store_true", help="no progress and no notes, only the outcome and errors")


def add_threads(parser: argparse._ActionsContainer) -> None:
    """The option ``--threads``, see :func:`on_threads`."""
    parser.add_argument(
        "--threads",
        type=whole(1),
        help="that read tables and calculate; what comes out is the same with any number (default: one a core)",
    )


@contextlib.contextmanager
def on_threads(number: int | None) -> Iterator[None]:
    """Give Arrow, and the linear algebra that is loaded, so many threads meanwhile; None leaves them as they are."""
    if number is None:
        yield
        return
    import pyarrow
    from threadpoolctl import threadpool_limits

    before = pyarrow.cpu_count(), pyarrow.io_thread_count()
    try:
        pyarrow.set_cpu_count(number)
        pyarrow.set_io_thread_count(number)
        with threadpool_limits(limits=number):
            yield
    finally:
        pyarrow.set_cpu_count(before[0])
        pyarrow.set_io_thread_count(before[1])
