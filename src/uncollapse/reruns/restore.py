"""Results that the store has, taken in one pass instead of by a job each.

A job takes its result from the store in a moment, but a workflow starts a process for it, and looks for what to start
next. Here the keys of all jobs are found at once, since the store's entry of one says what content the next one reads;
then results are copied side by side, looked through as a job does it, and given their names in the order of the jobs.
"""

import os
import time
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Semaphore
from typing import TypeVar

from uncollapse.errors import UncollapseError
from uncollapse.jobs.identity import identity
from uncollapse.jobs.log import cost_line
from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import Store

J = TypeVar("J", bound=Hashable)

_WAITING = 8  # results that wait for the disk side by side


@dataclass(kw_only=True)
class Wanted:
    """One job whose outputs are wanted; ``needs`` are the other wanted jobs that it reads from.

    ``hashes``, of its inputs' content, are known of a job that the store has an entry of.
    """

    stage: Stage
    log: Path
    needs: Collection[Hashable]
    hashes: dict[Path, str] = field(default_factory=dict)
    _key: str = ""
    _outputs: dict[str, str] = field(default_factory=dict)
    _cost: tuple[float, float] = (0.0, 0.0)

    def find(self, store: Store, content: Callable[[Path], str | None]) -> dict[Path, str]:
        """The hashes of its outputs by path, as the store's entry has them; none where it has no entry."""
        stage = self.stage
        read = {path: content(path) for paths in stage.inputs.values() for path in paths}
        self.hashes = {path: digest for path, digest in read.items() if digest is not None}
        if len(self.hashes) < len(read):
            return {}
        by_name = {name: [self.hashes[path] for path in paths] for name, paths in stage.inputs.items()}
        self._key = identity(stage.name, stage.code, stage.spec, by_name)
        outputs = store.entry(self._key).get("outputs", {})
        if outputs.keys() != stage.outputs.keys():
            return {}
        self._outputs = {name: output["sha256"] for name, output in outputs.items()}
        return {path: self._outputs[name] for name, path in stage.outputs.items()}

    def copy(self, store: Store, core: AbstractContextManager) -> bool:
        """Copy the outputs under temporary names; False where they are not whole or the system refuses."""
        begun, before = time.monotonic(), time.thread_time()
        try:
            with core:
                same = self.stage.fetch(store, self._key) == self._outputs  # others use the store as well
            if same:
                self.stage.flush()
        except OSError:
            return False
        self._cost = (time.monotonic() - begun, time.thread_time() - before)
        return same

    def commit(self) -> bool:
        """Give the outputs their names, none older than those given before, and write the log; False where it fails."""
        try:
            self.stage.reads(self.hashes)
            self.stage.commit()
            for path in self.stage.outputs.values():
                os.utime(path)
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self.log.write_text(f"{self.stage.taken()}\n{cost_line(*self._cost)}\n", encoding="utf-8")
        except (OSError, UncollapseError):
            return False
        return True


def restore(
    wanted: Mapping[J, Wanted],
    store: Store,
    content_of: Callable[[str], str | None],
    *,
    begin: Callable[[J], None],
    cores: int,
) -> Iterator[J]:
    """Take what the store has of the wanted jobs; each that was restored, after those it reads from.

    Left out is a job that reads from one which is left out, of which an object is damaged, or that the system refuses
    to write: run as a job, it says why.

    Parameters
    ----------
    wanted : jobs, each after those it needs.
    content_of : sha256 of a file's content now; None where there is no such file.
    begin : told of a job before its outputs get their names.
    cores : results that are copied and hashed side by side.
    """
    found: dict[J, Wanted] = {}
    made: dict[Path, str] = {}

    def content(path: Path) -> str | None:
        return made.get(path) or content_of(str(path))

    for job, each in wanted.items():
        if found.keys() >= set(each.needs) and (outputs := each.find(store, content)):
            found[job] = each
            made.update(outputs)
    done: set[Hashable] = set()
    pool, core = ThreadPoolExecutor(cores + _WAITING), Semaphore(cores)
    try:
        copied = {job: pool.submit(each.copy, store, core) for job, each in found.items()}
        for job, each in found.items():
            if copied[job].result() and done.issuperset(each.needs):
                begin(job)
                if each.commit():
                    done.add(job)
                    yield job
            each.stage.discard()
    finally:
        pool.shutdown(cancel_futures=True)
        for each in found.values():
            each.stage.discard()
