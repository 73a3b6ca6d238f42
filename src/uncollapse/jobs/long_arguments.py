"""Arguments of a job that are longer than a command may be: they are put into a file, whose name is given instead.

Linux takes 131,071 bytes as one argument, which for Snakemake, whose commands are one argument of a shell, is all of
it, and a few MB as all arguments together: a selection from 8,000 shards is more. A job removes its file when it has
ended well; the file of one that failed is there for the next try.
"""

import contextlib
import hashlib
import json
import os
import shlex
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from uncollapse.jobs.partial import whole

OPTION = "--arguments"
# bytes of a command above which its arguments go into a file, for systems that take less
LONGEST = int(os.environ.get("UNCOLLAPSE_LONGEST_COMMAND", "100000"))


def shortened(arguments: Sequence[str], folder: Path) -> list[str]:
    """The arguments, or where they are too long, the name of a file below ``folder`` that holds them.

    >>> shortened(["--threads", "1"], Path("results"))
    ['--threads', '1']
    """
    return list(arguments) if _fit(arguments) else _File(arguments, folder).written()


class Shortened:
    """The text of :func:`shortened` for a shell, made when it becomes part of a command, as is its file.

    Snakemake asks for it of every job that it plans, and runs few of them: ``find`` says the arguments.

    >>> f"{Shortened(lambda: ['--threads', '1'], Path('results'))}"
    '--threads 1'
    """

    __slots__ = ("_find", "_folder", "_named")

    def __init__(self, find: Callable[[], Sequence[str]], folder: Path) -> None:
        self._find, self._folder = find, folder
        self._named: str | None = None

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __str__(self) -> str:
        if self._named is not None:
            return self._named
        arguments = self._find()
        passed = shortened(arguments, self._folder)
        text = shlex.join(passed)
        if passed[:1] == [OPTION]:
            self._named = text  # the file once: the job removes it, and Snakemake records the command after that
        return text


def _fit(arguments: Sequence[str]) -> bool:
    most = sum(map(len, arguments)) * 4 + 3 * len(arguments)  # a letter has at most four bytes
    return most <= LONGEST or sum(len(os.fsencode(argument)) + 3 for argument in arguments) <= LONGEST


class _File:
    """A file of arguments, and what names it."""

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        self._text = json.dumps(list(arguments))
        self._path = folder / ".arguments" / f"{hashlib.sha256(self._text.encode()).hexdigest()}.json"
        self.named = [OPTION, str(self._path)]

    def written(self) -> list[str]:
        if not self._path.is_file():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with whole(self._path) as partial:
                partial.write_text(self._text)
        return self.named


def expanded(arguments: Sequence[str]) -> list[str]:
    """The arguments as they were before :func:`shortened`, wherever among others its answer stands."""
    found = list(arguments)
    while OPTION in found:
        place = found.index(OPTION)
        found[place : place + 2] = json.loads(Path(found[place + 1]).read_text())
    return found


def forget(arguments: Sequence[str]) -> None:
    """Remove the files that :func:`shortened` named in these arguments; each is of one job alone."""
    for option, name in pairwise(arguments):
        if option == OPTION:
            with contextlib.suppress(OSError):  # gone already, or a file system that may only be read
                Path(name).unlink()
