"""Ending of a command: its exit status, and a sentence in place of a traceback."""

import contextlib
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn, TextIO

from uncollapse.errors import UncollapseError, explain_os_error, is_out_of_memory

USAGE = 64  # exit status of options that do not fit (EX_USAGE); 0 to 3 are answers
BAD_DATA = 65  # of input that does not fit, and of whatever else is said in words (EX_DATAERR)
FAULT = 70  # of an error that nobody foresaw, with a traceback (EX_SOFTWARE); Python's own is 1, which is an answer
INTERRUPTED = 128 + 2  # by Ctrl-C (SIGINT)
ARGPARSE = 2  # what argparse ends with


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
        if end.code == ARGPARSE:
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


@contextlib.contextmanager
def told_in_words(
    written: Sequence[Path], *, command: str = "", place: str = "--output", stopped: str = ""
) -> Iterator[None]:
    """Tell what a user can mend, and what the system refuses, in a sentence that begins with the command's name.

    ``written`` are the files that the command writes, and ``place`` is what would move them. ``stopped`` says what
    becomes of a command that is interrupted; without it the interruption is left to :func:`plain_ending`.

    Raises
    ------
    SystemExit
        With the sentence.
    """
    name = f"{command}: " if command else ""
    try:
        yield
    except UncollapseError as error:
        raise SystemExit(f"{name}{error}") from None
    except OSError as error:
        raise SystemExit(f"{name}{explain_os_error(error, written, place=place)}") from None
    except KeyboardInterrupt:
        if not stopped:
            raise
        raise SystemExit(f"{name}stopped; {stopped}") from None
