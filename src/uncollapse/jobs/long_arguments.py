"""Arguments of a job that are longer than a command may be: they are put into a file, whose name is given instead.

Linux takes 131,071 bytes as one argument, which for Snakemake, whose commands are one argument of a shell, is all of
it, and a few MB as all arguments together: a selection from 8,000 shards is more.
"""

import hashlib
import json
import os
from collections.abc import Sequence
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
    if sum(len(os.fsencode(argument)) + 3 for argument in arguments) <= LONGEST:
        return list(arguments)
    text = json.dumps(list(arguments))
    path = folder / ".arguments" / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as partial:
            partial.write_text(text)
    return [OPTION, str(path)]


def expanded(arguments: Sequence[str]) -> list[str]:
    """The arguments as they were before :func:`shortened`, wherever among others its answer stands."""
    found = list(arguments)
    while OPTION in found:
        place = found.index(OPTION)
        found[place : place + 2] = json.loads(Path(found[place + 1]).read_text())
    return found
