"""Names of models on the command line."""

from pathlib import Path


def split_revision(name: str) -> tuple[str, str | None]:
    """A hub id and its revision; what exists on disk has none.

    >>> split_revision("owner/model@v1.0"), split_revision("owner/model")
    (('owner/model', 'v1.0'), ('owner/model', None))
    """
    if Path(name).exists() or "@" not in name:
        return name, None
    base, _, revision = name.rpartition("@")
    return base, revision
