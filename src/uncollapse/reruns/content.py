"""Hashes of files' content, read anew only where a file may be another than the one that was hashed."""

from pathlib import Path

from uncollapse.jobs.file_memory import FileMemory
from uncollapse.jobs.store import content_hash


class ContentHashes:
    """Hashes by path, remembered in a file; each path is looked at once."""

    def __init__(self, memory: Path) -> None:
        self._memory = FileMemory(memory, lambda path: content_hash(Path(path)))
        self._now: dict[str, str | None] = {}

    def of(self, path: str) -> str | None:
        """The sha256 of a file's bytes as they are now; None where there is no such file, or none that can be read."""
        if path not in self._now:
            try:
                self._now[path] = self._memory.of(path)
            except OSError:
                self._now[path] = None
        return self._now[path]

    def save(self) -> None:
        """Remember what was hashed; where that cannot be written, it is hashed again next time."""
        self._memory.save()
