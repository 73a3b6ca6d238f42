"""The commit of a checkout, and whether its files are those of the commit."""

import subprocess
from pathlib import Path

from uncollapse.errors import ArtifactError

_LISTED = 5


def commit_of(checkout: Path) -> str | None:
    """The commit of a checkout; None outside of one."""
    try:
        return _git(checkout, "rev-parse", "HEAD").strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def clean_commit(checkout: Path, *, but: str) -> str:
    """The commit of a checkout whose files are all those of the commit, but for those that the pattern ``but`` names.

    Raises
    ------
    ArtifactError
        Outside of a checkout, or naming the files that differ.
    """
    commit = commit_of(checkout)
    if commit is None:
        raise ArtifactError(f"{checkout}: no checkout of version control with a commit; results need one to be kept")
    differ = _git(
        checkout, "status", "--porcelain", "--untracked-files=all", "--", ".", f":(exclude,glob){but}"
    ).splitlines()
    if differ:
        listed = ", ".join(line[3:] for line in differ[:_LISTED])
        more = f" and {len(differ) - _LISTED} more" if len(differ) > _LISTED else ""
        raise ArtifactError(
            f"{checkout}: its code is not that of its commit: {listed}{more} changed or added; commit or undo that,"
            " run what is then out of date, and keep the part again"
        )
    return commit


def tracked(checkout: Path, file: Path) -> bool:
    """Whether a file is one of the checkout's own."""
    try:
        _git(checkout, "ls-files", "--error-unmatch", "--", str(file.resolve()))
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _git(checkout: Path, *command: str) -> str:
    line = ["git", "-C", str(checkout), *command]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout
