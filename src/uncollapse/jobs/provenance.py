"""Provenance of an artifact: the record, under ``.provenance/`` beside it, of the code, spec and inputs it came from.

It lies beside the artifact, not inside, so that equal content means equal bytes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from uncollapse.jobs.partial import whole


def provenance_path(path: Path) -> Path:
    """The file that says how an artifact came about."""
    return path.parent / ".provenance" / f"{path.name}.json"


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write the record of an artifact beside it, in a folder that is made where it is missing."""
    beside = provenance_path(path)
    beside.parent.mkdir(exist_ok=True)
    with whole(beside) as partial:
        partial.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")


def read_record(beside: Path) -> dict[str, Any] | None:
    """The record of an artifact, in the file ``beside`` it; None where that is missing or damaged."""
    try:
        record = json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    complete = isinstance(record, dict) and {"stage", "code", "spec", "inputs"} <= record.keys()
    return record if complete else None


def inputs_read(record: dict[str, Any]) -> dict[str, str]:
    """Content hash, when it was read, of every input."""
    return {path: digest for paths in record["inputs"].values() for path, digest in paths.items()}
