"""The file that a command writes for programs: everything that it says, as one JSON object."""

import argparse
from pathlib import Path

from uncollapse.corpora.formats import kind_of, packed_as


def json_file(text: str) -> Path:
    """An argparse type: a file for JSON, whose name does not say that it is of another kind.

    >>> json_file("audit.json").name
    'audit.json'
    """
    path = Path(text)
    if kind_of(path) is not None or packed_as(path):
        raise argparse.ArgumentTypeError(f"{text}: is written as one JSON object; let its name end in .json")
    return path
