"""One process at a time on one output."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from uncollapse.errors import ArtifactError


@contextmanager
def alone(folder: Path, output: Path) -> Iterator[None]:
    """Hold a lock in the folder of an output's parts.

    Raises
    ------
    ArtifactError
        Where another process of this machine holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ArtifactError(
                f"{output}: another run is writing it; name another file with --output, or wait"
            ) from None
        yield
