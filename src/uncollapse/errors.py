"""Errors a user can act on: their message names the file, the key and the fix, and is printed without a traceback."""

import errno
from collections.abc import Sequence
from pathlib import Path


class UncollapseError(Exception):
    """Base of all errors that are the input's fault, not the program's."""


class ConfigError(UncollapseError):
    """A config that cannot be run."""


class ArtifactError(UncollapseError):
    """A file that is missing, damaged or of another shape than its kind declares."""


class DataError(UncollapseError, ValueError):
    """Data that cannot serve the purpose it is given for, such as too few rows."""


class ChangedError(UncollapseError):
    """An input or a module that changed while a job ran."""


class DivergedError(UncollapseError):
    """A training run whose loss is not finite."""


_WAYS_OUT = {  # {place} is how the user says where things are written
    errno.ENOSPC: "the disk is full: free some space, or set {place} to another disk",
    errno.EDQUOT: "the disk quota is used up: free some space, or set {place} to another disk",
    errno.EROFS: "the file system is read-only: set {place} to a folder that can be written",
    errno.EACCES: "permission denied: make it accessible, or set {place} to a folder of your own",
    errno.EPERM: "permission denied: make it accessible, or set {place} to a folder of your own",
}
_FULL = (errno.ENOSPC, errno.EDQUOT)  # the error then names what was copied from, if anything


def explain_os_error(error: OSError, outputs: Sequence[Path], *, place: str | None = None) -> str:
    """Words for what the operating system refused, for which file, and the way out.

    ``place`` says what would move the outputs; by default the workflow's config does.

    >>> explain_os_error(OSError(errno.ENOSPC, "No space left on device"), [Path("results/a.parquet")])
    'results/a.parquet: the disk is full: free some space, or set results (and store) in config to another disk'
    >>> explain_os_error(OSError(errno.EROFS, "Read-only file system"), [Path("a.parquet")], place="--out")
    'a.parquet: the file system is read-only: set --out to a folder that can be written'
    """
    full = error.errno in _FULL
    ours = "results (and store) in config" if full else "results in config"
    way_out = _WAYS_OUT.get(error.errno or 0)
    reason = way_out.format(place=place or ours) if way_out else error.strerror or str(error)
    named = None if full else error.filename
    return f"{named or ', '.join(map(str, outputs))}: {reason}"


def is_out_of_memory(error: BaseException) -> bool:
    """Whether Python, NumPy, Arrow or torch (on a CPU or a GPU, without importing it) could not get memory."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    words = ("allocate memory", "failed to map segment", "can't start new thread")
    return isinstance(error, RuntimeError | ImportError) and any(word in str(error) for word in words)
