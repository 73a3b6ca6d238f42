"""Lock files that can lead nowhere: no link is followed, nothing is truncated, and a folder must be one's own."""

import os
import stat
from pathlib import Path
from typing import IO


def open_lock(path: Path) -> IO[bytes]:
    """Open a lock file, made where there is none; its content stays.

    Raises
    ------
    OSError
        For a symbolic link, which anyone who may write there could have put under a name that can be guessed.
    """
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "r+b")


def own_folder(path: Path) -> bool:
    """Make a folder for this user alone; whether it is one: no link, nobody else's, closed to others."""
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
