"""Failures as Snakemake tells them: of a job, its stage and log; of a target, what was meant; of a file, its key."""

import difflib
import logging
import re
from collections.abc import Callable, Iterable

from uncollapse.errors import UncollapseError
from uncollapse.settings.places import keys_of, not_there

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


_INDENT = " " * 8  # before each of the files; blanks behind it are the name's
# of files that no rule makes, each on a line of its own
_MISSING = re.compile(
    r"MissingInputException in rule (?P<rule>\w+).*?affected files:\n(?P<files>(?:[ \t]+\S[^\n]*(?:\n|$))+)", re.DOTALL
)


# of files that are there and are not what a job takes them for
_MISTAKEN = re.compile(
    r"InputFunctionException in rule .*?\n\s*MistakenPath:\s*(?P<told>.*?)\nWildcards:\n.*", re.DOTALL
)


class MistakenPath(UncollapseError):
    """Error of a job one of whose inputs is not what it takes it for; its words name the key and the path."""


class MissingInputs(logging.Filter):
    """Filter of Snakemake's messages that says of missing files which keys of the config name them, and the fix.

    ``named`` is called when there are such files: texts of the config, each with its key.
    """

    def __init__(self, named: Callable[[], Iterable[tuple[str, str]]]) -> None:
        super().__init__()
        self._named = named

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, with better words for files that the config names."""
        if record.levelno >= logging.ERROR and isinstance(record.msg, str):
            record.msg = _MISSING.sub(self._told, record.msg)
            record.msg = _MISTAKEN.sub(lambda match: re.sub(r"\n\s*", "\n", match["told"]), record.msg)
        return True

    def _told(self, match: re.Match[str]) -> str:
        missing = [line.removeprefix(_INDENT) for line in match["files"].splitlines()]
        told = [words for words in (missing_file(path, self._named()) for path in missing) if words]
        return "\n".join(told) if len(told) == len(missing) else match[0]


def missing_file(path: str, named: Iterable[tuple[str, str]]) -> str | None:
    """Words on a file that is not there, with the keys that name it or else the nearest folder; None where none does.

    >>> missing_file("mine/a.csv", [("corpora.mine.files.0", "mine/a.csv"), ("corpora.mine.hub", "them/theirs")])
    "corpora.mine.files.0: 'mine/a.csv': there is no such file; paths are relative to the folder that snakemake runs in"
    """
    keys = keys_of(path, named)
    return f"{keys}: {path!r}: {not_there(path)}" if keys else None


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
