"""One GPU a job, on a machine with several: jobs agree through file locks, which the kernel drops when a job dies."""

import fcntl
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

_held: list[IO[str]] = []  # a lock lasts as long as its file is open: as long as the process


def claim(devices: Sequence[str], *, folder: Path | None = None) -> int:
    """The index of a device that no other process of this user has claimed; it is this one's until it ends.

    Where all are taken, devices are shared: the process id picks one.

    Parameters
    ----------
    devices : names that all processes of this machine know them by, such as their UUIDs.
    folder : for the lock files; one of this user's own below the machine's folder for temporary files, if not given.
    """
    folder = folder or Path(tempfile.gettempdir()) / f"uncollapse-gpus-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    for index, device in enumerate(devices):
        file = (folder / device).open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        _held.append(file)
        return index
    return os.getpid() % len(devices)
