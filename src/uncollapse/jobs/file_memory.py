"""Facts about files, looked for anew only where a file may be another than the one that was looked at."""

import atexit
import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from uncollapse.jobs.partial import whole

SETTLED = 2.0  # seconds: a file changed within one tick of its file system's clock would look the same

Version = tuple[int, ...]


def version_of(path: str) -> Version:
    """State of a file by ``stat``: device, inode, size, time of modification and time of change.

    The last (ctime) is what no ``cp -p`` or ``touch`` sets back. Raises OSError where there is no such file.
    """
    stat = os.stat(path)
    return (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


class FileMemory:
    """JSON values by path, remembered in a file together with what ``stat`` said of each path.

    Parameters
    ----------
    where : the memory's file. One that is damaged, or that another ``key`` wrote, is as none; of two processes that
        write it, one wins. Losing it costs looking again, nothing else.
    find : the value of a path, made of what JSON has, lists for tuples; an OSError of it goes to who asked.
    key : whatever else values depend on, such as the code of ``find``.
    """

    def __init__(self, where: Path, find: Callable[[str], Any], *, key: str = "") -> None:
        self._where, self._find, self._key = where, find, key
        self._known = _read(where, key)
        self._learned = False

    def of(self, path: str) -> Any:
        """The value of a file as it is now."""
        return self.look(path)[1]

    def look(self, path: str) -> tuple[Version, Any]:
        """The version that a file has now, and its value."""
        version = version_of(path)
        match self._known.get(path):
            case (known, value) if known == version:
                return version, value
        value = self._find(path)
        if time.time() - version[-1] / 1e9 > SETTLED:
            self._known[path], self._learned = (version, value), True
        return version, value

    def save(self) -> None:
        """Remember what was found; where that cannot be written, it is looked for again next time."""
        if not self._learned:
            return
        there = {path: known for path, known in self._known.items() if os.path.exists(path)}
        body = json.dumps([self._key, there])
        with contextlib.suppress(OSError):
            self._where.parent.mkdir(parents=True, exist_ok=True)
            with whole(self._where) as partial:
                partial.write_text(f"{_digest(body)}\n{body}\n", encoding="utf-8")
        self._learned = False


def kept_by_snakemake(name: str, find: Callable[[str], Any], *, by: str | tuple[str, ...]) -> FileMemory:
    """A memory beside Snakemake's own records, saved when the process ends; nowhere but where Snakemake was run.

    Who plans without it (``why``, tests) reads the memory where there is one and makes no folder. ``by`` are the files
    of the modules that ``find`` is made of: values depend on their code, and on the version of Python that parses what
    it reads.
    """
    folder = Path(".snakemake").absolute()
    key = _digest(
        "\n".join(
            [sys.version, *(Path(path).read_text(encoding="utf-8") for path in ([by] if isinstance(by, str) else by))]
        )
    )
    memory = FileMemory(folder / name, find, key=key)
    atexit.register(lambda: memory.save() if folder.is_dir() else None)
    return memory


def _read(where: Path, key: str) -> dict[str, tuple[Version, Any]]:
    try:
        digest, body, _ = where.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return {}
    if digest != _digest(body):
        return {}
    made_by, known = json.loads(body)
    return {path: (tuple(version), value) for path, (version, value) in known.items()} if made_by == key else {}


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
