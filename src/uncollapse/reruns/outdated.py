"""Artifacts that were made otherwise than the present plan would make them, by what is written beside them."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uncollapse.errors import UncollapseError
from uncollapse.jobs.file_memory import FileMemory
from uncollapse.jobs.provenance import inputs_read, read_record
from uncollapse.jobs.store import content_hash
from uncollapse.planning.plan import Plan
from uncollapse.reruns.changes import changes


class ContentHashes(FileMemory):
    """Hashes of files' content by path, remembered in a file; each path is looked at once.

    A file is read anew only where it may be another than the one that was hashed.
    """

    def __init__(self, memory: Path) -> None:
        super().__init__(memory, lambda path: content_hash(Path(path)))
        self._now: dict[str, str | None] = {}

    def of(self, path: str) -> str | None:
        """The sha256 of a file's bytes as they are now; None where there is no such file, or none that can be read."""
        if path not in self._now:
            try:
                self._now[path] = super().of(path)
            except OSError:
                self._now[path] = None
        return self._now[path]


@dataclass(kw_only=True)
class Judged:
    """The judgement of artifacts that Snakemake would not reach by itself.

    ``outdated`` are artifacts to be made again. ``unrecorded`` are those, with their inputs, that are as they would be
    made now, which Snakemake, having no record of them, judges by their age.
    """

    outdated: set[str] = field(default_factory=set)
    unrecorded: dict[str, list[str]] = field(default_factory=dict)

    def renew(self, now: float) -> None:
        """Give the unrecorded one and the same new age where age says less than content, as ``--touch`` would.

        A copy, a backup or ``touch`` leaves artifacts that are older than what they were made from.
        """
        made = [*map(Path, self.unrecorded)]
        read = {path for paths in self.unrecorded.values() for path in paths}
        if not read or max(map(_modified, read)) <= min(map(_modified, made)):
            return
        for path in made:
            with contextlib.suppress(OSError):  # results of another user's
                os.utime(path, (now, now))


def judge(plan: Plan, recorded_at: Callable[[str], float], content_of: Callable[[str], str | None]) -> Judged:
    """Hold the artifacts below the plan's folder against the plan, and their inputs against what was read.

    Parameters
    ----------
    plan : what would be made now.
    recorded_at : when Snakemake recorded an artifact, in seconds since the epoch. Where its record is as young as what
        lies beside the artifact, it will notice a change of code, config and set of inputs by itself.
    content_of : sha256 of a file's content now; None where there is no such file, which is Snakemake's to miss.
    """
    found = Judged()
    for beside in Path(plan.root).glob("**/.provenance/*.json"):
        path = beside.parent.parent / beside.name.removesuffix(".json")
        if not path.exists():
            continue
        record = read_record(beside)
        read = {} if record is None else inputs_read(record)
        other_inputs = any(content_of(name) not in (digest, None) for name, digest in read.items())
        # Snakemake compares what jobs read, never what they wrote with what they wrote then
        said = None if record is None else record.get("sha256")
        other_bytes = said is not None and content_of(str(path)) not in (said, None)
        written = beside.stat()  # a copy keeps the first time, not the second
        if recorded_at(str(path)) >= max(written.st_mtime, written.st_ctime):
            found.outdated |= {str(path)} if other_inputs or other_bytes else set()
            continue
        recipe = plan.recipe_of(path)
        if recipe is None:  # made by another config
            continue
        if record is None or other_inputs or other_bytes or changes(record, recipe):
            found.outdated.add(str(path))
        else:
            found.unrecorded[str(path)] = list(read)
    return found


def force(dag: Any, outdated: set[str]) -> None:
    """Make Snakemake run the jobs of these artifacts, as far as its targets need them.

    Raises
    ------
    UncollapseError
        Where its graph of jobs is made otherwise: there is no public interface for this.
    """
    try:
        dag.forcefiles.update(outdated)
    except AttributeError:
        raise UncollapseError(
            "this version of Snakemake has no dag.forcefiles, through which out-of-date results are made again:"
            " install the one that requirements.lock names"
        ) from None


def _modified(path: str | Path) -> float:
    """Seconds since the epoch; 0.0 for a file that is gone."""
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
