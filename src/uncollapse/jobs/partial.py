"""Names for files that are being written: an artifact appears whole or not at all, and a killed job leaves no litter.

A file is written as ``.<stem>.partial-<host>-<process id><suffix>`` beside its target and renamed when it is whole. The
suffix stays last, since image writers go by it. Who writes the same target next removes what dead processes left there.
"""

import contextlib
import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

ABANDONED_AFTER = 24 * 3600.0  # seconds without a write, after which another host's file counts as left behind


def partial_of(target: Path) -> Path:
    """The path to which this process writes ``target`` until it is whole."""
    return target.with_name(f".{target.stem}.partial-{_host()}-{os.getpid()}{target.suffix}")


def remove_abandoned(target: Path) -> None:
    """Remove the partial files of ``target`` whose process is gone; those of living ones are theirs to finish.

    Only this host's processes can be looked up. On a file system that several hosts share, a file of another one is
    judged by its age alone: left behind is what was not written to for a day.
    """
    if not target.parent.is_dir():
        return
    name = re.compile(rf"\.{re.escape(target.stem)}\.partial-([\w.-]+)-(\d+){re.escape(target.suffix)}")
    for path in target.parent.iterdir():
        match = name.fullmatch(path.name)
        if match and not (_is_alive(int(match[2])) if match[1] == _host() else _is_recent(path)):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name to write under, which becomes ``path`` when all went well."""
    remove_abandoned(path)
    partial = partial_of(path)
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _host() -> str:
    """Name of this host, as far as it may stand in a file's."""
    return re.sub(r"[^\w.-]", "_", socket.gethostname()) or "_"


def _is_recent(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < ABANDONED_AFTER
    except FileNotFoundError:  # finished meanwhile
        return True


def _is_alive(process: int) -> bool:
    """Whether a process of that id runs here; one that has ended and waits for its parent does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # another user's
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return True  # no /proc: macOS
    return state != "Z"
