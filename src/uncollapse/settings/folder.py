"""Folders that config names: the files in them are what jobs read, by content."""

from pathlib import Path


def files_in(folder: str | Path) -> list[str]:
    """Paths of all files below a folder, sorted; without those that are hidden or in hidden folders.

    Programs that fetch models and data sets leave folders such as .git and .cache, which nothing reads.
    """
    top = Path(folder)
    found = (path for path in top.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if not any(part.startswith(".") for part in path.relative_to(top).parts))
