"""The checkout that this library lies in, for files that come with the workflow."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


def of_checkout(path: str) -> str:
    """A file of the checkout as seen from here: one that is moved or copied with its results keeps its paths."""
    return os.path.relpath(PROJECT / path)
