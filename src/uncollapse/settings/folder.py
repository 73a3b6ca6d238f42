"""Folders that config names: the files in them are what jobs read, by content."""

import os
from pathlib import Path


def files_in(folder: str | Path) -> list[str]:
    """Paths of all files below a folder, sorted; without those that are hidden or in hidden folders.

    Programs that fetch models and data sets leave folders such as .git and .cache, which nothing reads. Links to
    folders are followed, but for those that lead back to where they stand.
    """
    found: list[str] = []
    for at, folders, names in os.walk(folder, followlinks=True):
        here = Path(at)
        folders[:] = [name for name in folders if name[0] != "." and not _leads_back(here, name)]
        found += [str(here / name) for name in names if name[0] != "." and (here / name).is_file()]
    return sorted(found)


def _leads_back(here: Path, name: str) -> bool:
    """Whether a folder is a link to one that it stands in."""
    other = here / name
    return other.is_symlink() and here.resolve().is_relative_to(other.resolve())
