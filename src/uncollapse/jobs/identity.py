"""Identity of a job: a hash of its stage's name, code, spec and inputs, under which the store has its outputs."""

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

from uncollapse.jobs.file_memory import Version, version_of
from uncollapse.jobs.store import content_hash


def identity(stage: str, code: list[str], spec: dict[str, Any], content: dict[str, list[str]]) -> str:
    """The store's key: a hash of the stage's name, its code, its spec and the hashes of its inputs by name."""
    return hashlib.sha256(json.dumps([stage, code, spec, content], sort_keys=True).encode()).hexdigest()


def stage_key(body: str) -> str:
    """The short name of a body's module: its package and its own name.

    >>> stage_key("uncollapse.experiments.sequence.stages.train")
    'sequence.train'
    """
    *package, _, name = body.removeprefix("uncollapse.").split(".")
    return ".".join([*package[-1:], name])


def input_hash(path: Path) -> str:
    """sha256 of a file's bytes, which are read once for each of its versions."""
    return _hash_of_version(path, version_of(str(path)))


@functools.cache
def _hash_of_version(path: Path, _: Version) -> str:
    return content_hash(path)
