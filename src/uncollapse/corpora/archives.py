"""Members of wheels (zip) and of source and npm packages (tar.gz), read without unpacking to disk."""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from uncollapse.errors import DataError


def members(archive: Path, *, prefix: str = "", suffix: str = "") -> Iterator[tuple[str, bytes]]:
    """Name and content of the files whose path, without the first folder of a tar archive, begins and ends so; by name.

    Raises
    ------
    DataError
        Where the archive is damaged, or has no such file.
    """
    found = False
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as file:
                for name in sorted(file.namelist()):
                    if name.startswith(prefix) and name.endswith(suffix) and not name.endswith("/"):
                        found = True
                        yield name, file.read(name)
        else:
            with tarfile.open(archive) as tar:
                # one pass: going back in a compressed file means reading it again
                contents = {}
                for entry in tar:
                    name = entry.name.partition("/")[2]
                    if entry.isfile() and name.startswith(prefix) and name.endswith(suffix):
                        contents[name] = tar.extractfile(entry).read()  # type: ignore[union-attr]
            for name in sorted(contents):
                found = True
                yield name, contents[name]
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, PermissionError | FileNotFoundError):
            raise
        raise DataError(f"{archive}: damaged ({error}); delete it, so that it is fetched again") from error
    if not found:
        raise DataError(f"{archive}: holds no {prefix}*{suffix}; delete it, so that it is fetched again")


def member(archive: Path, name: str) -> bytes:
    """The content of one file; errors as for :func:`members`."""
    for found, content in members(archive, prefix=name, suffix=name):
        if found == name:
            return content
    raise DataError(f"{archive}: holds no {name}; delete it, so that it is fetched again")
