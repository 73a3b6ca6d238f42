"""Failures of jobs as Snakemake tells them: which stage and where its log is, not all the letters of its command."""

import logging
import re

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
