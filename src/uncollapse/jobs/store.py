"""A content-addressed store of finished outputs: what was computed once is never computed again.

    <store>/entries/<key>.json     which outputs a stage wrote, by name, with the hash and size of each
    <store>/objects/<hash>         their bytes

A key is the hash of what a stage runs (its code), of its slice of the config, and of the content of its inputs. So an
edit upstream that yields the same bytes ends there, switching config or branch back and forth is free, and deleting
Snakemake's own records costs nothing.

Objects are copies, which share blocks where the file system can. Where it cannot, an output of a megabyte or more and
its object are one file with two names (a hard link) that nobody may write to: such outputs are weights and tables that
programs write, while what people edit is smaller. One output has the other name of an object, never two, so that
neither an edit nor a new time of one reaches another; and a file gets or loses no name of the store's while others read
it as an output. Another file system, a store of several users, and whatever else refuses a link get a copy.

Entries and objects appear under their names only when they are whole, by renaming; an object is hashed again whenever
it is used, and one that does not match is removed and computed again.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncollapse.errors import ArtifactError

_DIGEST = "[0-9a-f]{64}"  # what alone becomes the name of a file
_ENTRY = rf"({_DIGEST})\.json"
_MARK = "uncollapse-store"  # tells a store from any other folder
_FICLONE = 0x40049409  # the request to share blocks, of linux/fs.h
LINKED_FROM = 2**20  # bytes of a file that may have a name in the store and one outside of it
_RECENT = 3600.0  # seconds for which a half-written file may still belong to a running job


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Counts and sizes of what a store holds; ``shared`` are those of the bytes that are an output's as well."""

    entries: int
    objects: int
    bytes: int
    shared: int


class Store:
    """A store in the folder ``root``, which is created when something is put into it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def fetch(self, key: str, outputs: Mapping[str, Path]) -> dict[str, Any] | None:
        """Bring the outputs of ``key`` to the given paths; its entry, or None where the store lacks any of them, whole.

        Nothing is left at the paths after None. What is there is as young as a new file; it may be one that nobody may
        write to.
        """
        entry = self.entry(key)
        with contextlib.suppress(OSError):  # none, a store that may only be read, or an entry of another user's
            os.utime(self.root / "entries" / f"{key}.json")  # used now: collect() goes by it
        if not entry or set(entry["outputs"]) != set(outputs):
            return None
        for name, path in outputs.items():
            expected = entry["outputs"][name]["sha256"]
            stored = self._object(expected)
            try:
                if not (_share_blocks(stored, path) or _link(stored, path)):
                    _copy(stored, path)
            except OSError:
                if os.access(stored, os.R_OK):
                    raise  # the fault is the target's: no space, no permission
                found = None
            else:
                found = content_hash(path)
            if found != expected:
                with contextlib.suppress(OSError):  # another user's, perhaps: used it is not, here or there
                    stored.unlink(missing_ok=True)
                for other in outputs.values():
                    other.unlink(missing_ok=True)
                return None
        return entry

    def put(self, key: str, outputs: Mapping[str, Path], about: Mapping[str, Any]) -> dict[str, str]:
        """Keep the outputs of ``key``, which nobody reads yet; ``about`` (JSON values) says how they came about.

        The sha256 of each by name. From then on nobody is to write to the outputs.

        Raises
        ------
        ArtifactError
            For a folder that holds other things and is no store: nothing is added to it.
        """
        self._check_own()
        described = {}
        for name, path in outputs.items():
            described[name] = {"sha256": content_hash(path), "bytes": path.stat().st_size}
            self._keep(path, self._object(described[name]["sha256"]))
        text = json.dumps({"outputs": described, **about}, sort_keys=True, indent=1) + "\n"
        self._place(self.root / "entries" / f"{key}.json", lambda partial: partial.write_text(text))
        return {name: output["sha256"] for name, output in described.items()}

    def _keep(self, source: Path, stored: Path) -> None:
        """Have an object with the content of a file that was just written."""
        with contextlib.suppress(FileNotFoundError):
            held, size = stored.stat(), source.stat().st_size
            if held.st_size == size and held.st_nlink > 1:  # an output's as well: collect() leaves it
                return
            if held.st_size == size and not self._may_link(source):
                with contextlib.suppress(OSError):  # another user's; young again, so that collect() leaves it
                    os.utime(stored)
                if _size(stored) == size:
                    return

        def write(partial: Path) -> None:
            if not _share_blocks(source, partial) and not (self._may_link(source) and _link(source, partial)):
                _copy(source, partial)

        self._place(stored, write)

    def _may_link(self, source: Path) -> bool:
        """Whether a file as it is may be an object: large, and open to whom the store's own files are open to."""
        try:
            folder, state = self.root.stat(), source.stat()
            listed = hasattr(os, "listxattr") and "system.posix_acl_default" in os.listxattr(self.root)
        except OSError:
            return False
        foreign = folder.st_mode & stat.S_ISGID and folder.st_gid != state.st_gid
        return state.st_size >= LINKED_FROM and state.st_dev == folder.st_dev and not foreign and not listed

    def entry(self, key: str) -> dict[str, Any]:
        """The record of how the outputs of ``key`` came about; nothing where the store does not have them."""
        return _read(self.root / "entries" / f"{key}.json") or {}

    def about(self, digest: str) -> list[dict[str, Any]]:
        """The entries that name an object, the last used first: how files with this content came about."""
        entries = [(_age(path, 0.0), _read(path)) for path in self._files("entries")]
        by_use = sorted(entries, key=lambda pair: pair[0])
        return [e for _, e in by_use if e and any(output["sha256"] == digest for output in e["outputs"].values())]

    def has(self, key: str) -> bool:
        """Whether the outputs of ``key`` are there, by their sizes; they are hashed when they are fetched."""
        entry = self.entry(key)
        return bool(entry) and all(_size(self._object(o["sha256"])) == o["bytes"] for o in entry["outputs"].values())

    def usage(self) -> Usage:
        """Count entries and objects, and add up the bytes of the objects.

        Raises
        ------
        ArtifactError
            As :meth:`collect`, for a folder that is no store.
        """
        self._check_own()
        held = []
        for path in self._files("objects"):
            with contextlib.suppress(FileNotFoundError):
                held.append(path.stat())
        return Usage(
            entries=sum(1 for _ in self._files("entries")),
            objects=len(held),
            bytes=sum(each.st_size for each in held),
            shared=sum(each.st_size for each in held if each.st_nlink > 1),
        )

    def collect(self, *, unused_for: float, now: float | None = None) -> int:
        """Drop entries not used for so many seconds, then objects that no entry names; the bytes that were freed.

        Safe beside running jobs: an object younger than an hour may be waiting for its entry, and stays. So does one
        whose bytes are an output's as well, as long as that lies there: to drop it would free nothing.

        Raises
        ------
        ArtifactError
            For a folder that is no store: nothing in it is touched.
        """
        self._check_own()
        now = time.time() if now is None else now
        named: set[str] = set()
        for path in self._files("entries"):
            entry = _read(path)
            if entry is None:  # damaged, or not to be read just now: nothing is known of it, and nobody is served by it
                if re.fullmatch(_ENTRY, path.name) and _age(path, now) > max(unused_for, _RECENT):
                    path.unlink(missing_ok=True)
            elif _age(path, now) > unused_for:
                path.unlink(missing_ok=True)
            else:
                named |= {output["sha256"] for output in entry["outputs"].values()}
        freed = 0
        for path in self._files("objects", partial=True):
            if path.name not in named and _age(path, now) > _RECENT:
                with contextlib.suppress(FileNotFoundError):  # a running job has just given it its name
                    shared = path.stat().st_nlink > 1
                    if shared and not path.name.startswith("."):
                        continue
                    freed += 0 if shared else path.stat().st_size
                    path.unlink()
        return freed

    def verify(self) -> list[str]:
        """Hash every object; the names of those whose content is another, which are removed.

        Raises
        ------
        ArtifactError
            As :meth:`collect`, for a folder that is no store.
        """
        self._check_own()
        broken = []
        for path in self._files("objects"):
            with contextlib.suppress(FileNotFoundError):  # collected meanwhile
                if content_hash(path) != path.name:
                    path.unlink(missing_ok=True)
                    broken.append(path.name)
        return broken

    def _check_own(self) -> None:
        """Raise an error for a folder in which something lies that no store has."""
        if (self.root / _MARK).is_file() or not self.root.is_dir():
            return
        kinds = {"entries": _ENTRY, "objects": _DIGEST}
        # hidden files and lost+found are file systems' and desktops' own
        known = (*kinds, _MARK, "lost+found")
        strange = [path for path in sorted(self.root.iterdir()) if path.name not in known and path.name[0] != "."]
        for kind, pattern in kinds.items():
            folder = self.root / kind
            found = sorted(folder.iterdir()) if folder.is_dir() else []
            strange += [path for path in found if not re.fullmatch(rf"{pattern}|\.[\w-]+", path.name)]
        if strange:
            raise ArtifactError(
                f"{self.root}: no store of uncollapse ({strange[0]} lies in it, and no file {_MARK}); nothing was"
                " touched; name the right folder"
            )

    def _object(self, digest: str) -> Path:
        return self.root / "objects" / digest

    def _files(self, kind: str, *, partial: bool = False) -> Iterator[Path]:
        folder = self.root / kind
        own = re.compile(_DIGEST if kind == "objects" else r".+\.json")
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if own.fullmatch(path.name) or (partial and re.fullmatch(r"\.[\w-]+", path.name)):
                yield path

    def _place(self, target: Path, write: Any) -> None:
        """Write under a name of this process's own, then rename: other jobs see the whole file or none."""
        self.root.mkdir(parents=True, exist_ok=True)
        mode = self.root.stat().st_mode  # whom the store's folder is open to, its files are open to
        if not (self.root / _MARK).exists():
            with contextlib.suppress(OSError):  # of a store that another user has made
                (self.root / _MARK).touch()
                (self.root / _MARK).chmod(mode & 0o666)
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True)
            target.parent.chmod(mode & 0o7777)
        handle, name = tempfile.mkstemp(prefix=".partial-", dir=target.parent)
        os.close(handle)
        partial = Path(name)
        try:
            write(partial)
            flush(partial)
            state = partial.stat()
            if state.st_nlink > 1:  # open to whom the output is open to, too
                partial.chmod((mode | state.st_mode) & 0o444)
            else:
                partial.chmod(mode & 0o666)
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)


def content_hash(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Have a file's bytes on the disk, also those of one that may only be read."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _share_blocks(source: Path, target: Path) -> bool:
    """Copy by sharing blocks, where the file system can (Linux with Btrfs, XFS and the like); else False."""
    target.unlink(missing_ok=True)
    try:
        with source.open("rb") as original, target.open("wb") as copy:
            fcntl.ioctl(copy.fileno(), _FICLONE, original.fileno())
    except OSError:
        return False
    return True


def _link(source: Path, target: Path) -> bool:
    """Give a large file of this user's that has one name a second one, and take from all the right to write to it.

    False where that cannot be, or another process did so in the same moment; then nothing lies at the target. Whoever
    may read a file that lay there may read this one.
    """
    readers = _mode(target)
    target.unlink(missing_ok=True)
    try:
        state = source.lstat()
        own = stat.S_ISREG(state.st_mode) and state.st_uid == os.geteuid()
        if not own or state.st_nlink > 1 or state.st_size < LINKED_FROM:
            return False
        os.link(source, target)
        if target.stat().st_nlink == 2:
            target.chmod((state.st_mode | readers) & 0o444)
            os.utime(target)
            return True
    except OSError:  # another file system, one without links, too many of them
        pass
    target.unlink(missing_ok=True)
    return False


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)


def _mode(path: Path) -> int:
    """Permissions of a file; none of one that is not there."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _size(path: Path) -> int | None:
    """Bytes of a file; None for one that is not there, or no longer."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _age(path: Path, now: float) -> float:
    """Seconds since a file was last used; 0 for one that a running job has just renamed or removed."""
    try:
        return now - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _read(path: Path) -> dict[str, Any] | None:
    try:
        entry = json.loads(path.read_text())
        # all that is read of it later; an entry without it is none
        held = [(output["sha256"], output["bytes"]) for output in entry["outputs"].values()]
        return entry if all(re.fullmatch(_DIGEST, digest) and type(size) is int for digest, size in held) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
