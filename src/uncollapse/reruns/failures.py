"""Failures as Snakemake tells them: of a job, its stage and where its log is; of a target, what may have been meant."""

import difflib
import logging
import re
from collections.abc import Callable, Iterable

from uncollapse.errors import UncollapseError

# the command of a job, from what makes it an interpreter of its own to the name of its log
_COMMAND = re.compile(
    r"Command '[^\n]*?scripts/stage\.py (?P<body>\S+) --(?:spec|arguments) .*? --log (?P<log>\S+?)'? returned",
    re.DOTALL,
)


class ShortCommands(logging.Filter):
    """Filter of Snakemake's messages that leaves specs and hashes of code out of them; ``-p`` still prints commands."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, shortened."""
        if record.levelno >= logging.ERROR and isinstance(record.msg, str):
            record.msg = shortened(record.msg)
        return True


_NO_RULE = re.compile(
    r"No rule to produce (?P<target>.+?) \(if you use input functions make sure that they don't raise unexpected"
    r" exceptions\)\."
)
# of a file that is named as results are, and that the config has no use for
_NO_FILE = re.compile(r"InputFunctionException in rule .*?\n\s*NoSuchFile: (?P<target>\S+)\n.*", re.DOTALL)


class NoSuchFile(UncollapseError):
    """Error of a rule that is asked for a file which the present config does not make; its words are the path."""


class NearestTargets(logging.Filter):
    """Filter of Snakemake's messages that says of a target which nothing makes what may have been meant.

    ``known`` are called when there is such a target: names and files that can be asked for.
    """

    def __init__(self, known: Callable[[], Iterable[str]]) -> None:
        super().__init__()
        self._known = known

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, with better words for such a target."""
        if record.levelno >= logging.ERROR and isinstance(record.msg, str):
            for pattern in (_NO_RULE, _NO_FILE):
                record.msg = pattern.sub(lambda match: no_target(match["target"], self._known()), record.msg)
        return True


def no_target(target: str, known: Iterable[str]) -> str:
    """Words on a target that nothing makes.

    >>> no_target("sumaries", ["summaries", "theory"])
    'Nothing makes sumaries. Did you mean summaries? snakemake --list-target-rules names the targets.'
    """
    near = difflib.get_close_matches(target, list(known), n=3)
    if near:
        meant = f"Did you mean {' or '.join(near)}?"
    elif "/" in target or "." in target:
        meant = "A file of another scale needs that scale's --configfile, behind the targets."
    else:
        meant = "It is no name of an experiment or a paper of this config, and no file that it makes."
    return f"Nothing makes {target}. {meant} snakemake --list-target-rules names the targets."


def shortened(text: str) -> str:
    """A message without the spec and the code of a job's command.

    >>> command = "set -e;  python scripts/stage.py a.stages.train --spec '{}' --code m@1 --threads 1 --log r/a.log"
    >>> shortened(f"Command '{command}' returned non-zero exit status 1.")
    'The job of a.stages.train, whose log is r/a.log, returned non-zero exit status 1.'
    >>> command = "python scripts/stage.py a.stages.train --arguments r/.arguments/0a.json --threads 1 --log r/a.log"
    >>> shortened(f"Command '{command}' returned non-zero exit status 1.")
    'The job of a.stages.train, whose log is r/a.log, returned non-zero exit status 1.'
    """
    return _COMMAND.sub(r"The job of \g<body>, whose log is \g<log>, returned", text)
