"""Numbers on a command line, checked where they are read; and how a command ends."""

import argparse
import contextlib
import math
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from typing import Any, NoReturn, TextIO

from uncollapse.errors import explain_os_error, is_out_of_memory


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, without all options before it."""

    def error(self, message: str) -> NoReturn:
        """Print the message, and leave."""
        self.exit(_ARGPARSE, f"{self.prog}: error: {message} ({self.prog} --help lists all options)\n")


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


USAGE = 64  # exit status of options that do not fit (EX_USAGE); 0 to 3 are answers
BAD_DATA = 65  # of input that does not fit, and of whatever else is said in words (EX_DATAERR)
FAULT = 70  # of an error that nobody foresaw, with a traceback (EX_SOFTWARE); Python's own is 1, which is an answer
INTERRUPTED = 128 + 2  # by Ctrl-C (SIGINT)
_ARGPARSE = 2  # what argparse ends with


class _OutputError(BaseException):
    """Error of standard output; no OSError, which commands tell of their own files."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class _Output:
    """Standard output, whose errors are :class:`_OutputError`."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text."""
        try:
            return self._stream.write(text)
        except OSError as error:
            raise _OutputError(error) from None

    def flush(self) -> None:
        """Hand on what was written."""
        try:
            self._stream.flush()
        except OSError as error:
            raise _OutputError(error) from None


def _nowhere(number: int) -> TextIO:
    """A stream in place of one that was closed; its number is taken, so that no file gets it and what others print."""
    try:
        os.fstat(number)
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        if null != number:
            os.dup2(null, number)
            os.close(null)
        return open(number, "w", encoding="utf-8", closefd=False)
    return open(os.devnull, "w", encoding="utf-8")


@contextlib.contextmanager
def plain_ending() -> Iterator[None]:
    """End a command without a traceback where its reader has gone (``| head``) or who called it interrupts it.

    A character that the output's encoding does not have is written as its number, as Python writes errors. Output that
    is closed goes nowhere, and where it cannot be written the command ends with a word on that, so that no file of its
    own is blamed. A SystemExit with a text ends in :data:`BAD_DATA` (or as an interrupt does that it follows), one of
    argparse in :data:`USAGE`, what the system refuses in :data:`BAD_DATA` with its words, and any other error in
    :data:`FAULT`, so that none is taken for an answer.
    """
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, _nowhere(number))
        if hasattr(getattr(sys, name), "reconfigure"):
            getattr(sys, name).reconfigure(errors="backslashreplace")
    before = sys.stdout
    try:
        with contextlib.redirect_stdout(_Output(before)):
            try:
                yield
            finally:
                sys.stdout.flush()
    except _OutputError as fault:
        if isinstance(before, TextIOWrapper):
            os.dup2(os.open(os.devnull, os.O_WRONLY), before.fileno())  # Python flushes once more when it ends
        if isinstance(fault.error, BrokenPipeError):
            sys.exit(128 + 13)
        print(f"standard output: {fault.error.strerror}; what is written to files is there", file=sys.stderr)
        sys.exit(BAD_DATA)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            sys.exit(INTERRUPTED if isinstance(end.__context__, KeyboardInterrupt) else BAD_DATA)
        if end.code == _ARGPARSE:
            sys.exit(USAGE)
        raise
    except BrokenPipeError:  # of the error stream
        sys.exit(128 + 13)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except OSError as error:
        if error.filename is None:
            _fault()
        print(explain_os_error(error, [], place="the output"), file=sys.stderr)
        sys.exit(BAD_DATA)
    except Exception as error:
        if is_out_of_memory(error):
            print("out of memory: give fewer rows at a time, or run it on a machine with more", file=sys.stderr)
            sys.exit(BAD_DATA)
        _fault()


def _fault() -> NoReturn:
    """Show the error at hand as Python does, and end in :data:`FAULT`."""
    traceback.print_exc()
    sys.exit(FAULT)
