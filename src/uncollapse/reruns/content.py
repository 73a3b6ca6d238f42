"""Hashes of files' content, read anew only where a file may be another than the one that was hashed."""

import contextlib
import json
import os
import time
from pathlib import Path

from uncollapse.jobs.partial import partial_of, remove_abandoned
from uncollapse.jobs.store import content_hash

_SETTLED = 2.0  # seconds: a file changed within one tick of its file system's clock would look the same


class ContentHashes:
    """Hashes by path, remembered in a JSON file together with what ``stat`` said of each file.

    A file counts as unchanged while device, inode, size, time of modification and time of change (ctime, which no
    ``cp -p`` or ``touch`` sets back) are as they were. Losing the memory costs hashing, nothing else.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        try:
            found = json.loads(memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        self._known: dict[str, list[object]] = found if isinstance(found, dict) else {}
        self._now: dict[str, str | None] = {}
        self._learned = False

    def of(self, path: str) -> str | None:
        """The sha256 of a file's bytes as they are now; None where there is no such file, or none that can be read."""
        if path not in self._now:
            self._now[path] = self._look_at(path)
        return self._now[path]

    def save(self) -> None:
        """Remember what was hashed; where that cannot be written, it is hashed again next time."""
        if not self._learned:
            return
        with contextlib.suppress(OSError):
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            remove_abandoned(self._memory)
            partial = partial_of(self._memory)
            partial.write_text(json.dumps(self._known), encoding="utf-8")
            os.replace(partial, self._memory)

    def _look_at(self, path: str) -> str | None:
        try:
            stat = os.stat(path)
            version = [stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
            match self._known.get(path):
                case [*known, str(digest)] if known == version:
                    return digest
            digest = content_hash(Path(path))
        except OSError:
            return None
        if time.time() - stat.st_ctime > _SETTLED:
            self._known[path], self._learned = [*version, digest], True
        return digest
