"""A history of jobs in two checkouts with one store, while inputs, code and config change and jobs are killed.

    python tests/unit/jobs/histories.py --operations 10000

Four runners at once take turns at random: a job of one of two stages (the second reads what the first wrote), under one
of three configs, in one of two checkouts; while it runs an input or a module may be replaced, and perhaps put back, or
the job killed; or the store is collected or verified. What a job writes follows from its input, its code and its config
alone, so that in the end all that the store says, and every record that fits its file, can be held against it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from uncollapse.errors import ChangedError
from uncollapse.jobs import store as store_module
from uncollapse.jobs.module_hash import module_hash
from uncollapse.jobs.provenance import provenance_path
from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import Store, content_hash
from uncollapse.settings.finding import load_plugin

RUNNERS = 4
CHECKOUTS = ("here", "there")
FACTORS = (1, 2, 3)
TEXTS = tuple(f"text {number}\n" for number in range(3))
SOURCES = tuple(f"def apply(text, factor):\n    return f'version {number}: ' + text * factor\n" for number in range(2))
LONGEST = 0.03  # seconds until something happens to a job
PATIENCE = 600  # seconds after which a job counts as hung
KILLED = -signal.SIGKILL


def made_by(source: int, text: str, factor: int) -> str:
    """What a job writes."""
    return f"version {source}: {text * factor}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _hash_of(source: int) -> str:
    return module_hash(SOURCES[source].encode(), "apply.py")[0]


def _known() -> dict[str, str]:
    """Every text that there can be, by its hash."""
    texts = dict.fromkeys(TEXTS)
    for _ in range(2):
        texts |= dict.fromkeys(
            made_by(s, text, f) for text in list(texts) for s in range(len(SOURCES)) for f in FACTORS
        )
    return {_sha256(text): text for text in texts}


def _put(path: Path, text: str) -> None:
    """Replace a file as editors do; never half of it is there."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text)
    os.replace(partial, path)


def _stage(checkout: Path, name: str, factor: int) -> Stage:
    """A job as a runner would call it now: code by its hash, inputs by their paths."""
    module = checkout / "apply.py"
    code = [f"{module}@{module_hash(module.read_bytes(), str(module))[0]}"]
    read = checkout / ("text" if name == "first" else "out/first")
    outputs = {"made": checkout / "out" / name}
    return Stage(body=f"history.{name}", spec={"factor": factor}, code=code, inputs={"read": [read]}, outputs=outputs)


def _job(checkout: Path, name: str, factor: int, store: Store, chance: random.Random) -> int:
    """One job in a process of its own; the process."""
    waits = [chance.uniform(0, LONGEST / 3) for _ in range(3)]
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        stage = _stage(checkout, name, factor)

        def work(job: Stage) -> None:
            time.sleep(waits[0])
            module = load_plugin(str(checkout / "apply.py"), package="tasks", offers="apply")
            time.sleep(waits[1])
            text = job.input("read").read_text()
            time.sleep(waits[2])
            job.output("made").write_text(module.apply(text, factor))

        try:
            stage.run(work, store)
            status = 0
        except ChangedError:
            stage.discard()
            status = 2
        except (FileNotFoundError, SyntaxError):
            stage.discard()
            status = 3
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _runner(folder: Path, operations: int, seed: int) -> Counter[str]:
    """So many operations; what happened. Every other runner shares its files with the store."""
    store_module.LINKED_FROM = 1 if seed % 2 else 2**20
    chance, store, seen = random.Random(seed), Store(folder / "store"), Counter[str]()
    for _ in range(operations):
        seen["operations"] += 1
        if chance.random() < 0.03:
            store.collect(unused_for=0.0) if chance.random() < 0.5 else store.verify()
            continue
        checkout = folder / chance.choice(CHECKOUTS)
        if chance.random() < 0.3:
            (checkout / "out" / chance.choice(["first", "second"])).unlink(missing_ok=True)
        child = _job(checkout, chance.choice(["first", "second"]), chance.choice(FACTORS), store, chance)
        happens, ended = chance.random(), 0
        if happens < 0.75:
            time.sleep(chance.uniform(0, LONGEST))
            ended, status = os.waitpid(child, os.WNOHANG)
            seen["disturbed"] += not ended
        if happens < 0.15:
            if not ended:
                os.kill(child, signal.SIGKILL)
                seen["kills"] += 1
        elif happens < 0.75:
            seen["changes inside a job"] += not ended
            name, versions = chance.choice([("text", TEXTS), ("apply.py", SOURCES)])
            before = (checkout / name).read_text()
            _put(checkout / name, chance.choice(versions))
            if chance.random() < 0.5:
                time.sleep(chance.uniform(0, LONGEST / 2))
                _put(checkout / name, before)
        if not ended:
            signal.alarm(PATIENCE)  # ends this runner, and with it the history, where a job hangs
            _, status = os.waitpid(child, 0)
            signal.alarm(0)
        code = os.waitstatus_to_exitcode(status)
        seen[{0: "done", 2: "changed", 3: "no input", KILLED: "killed"}.get(code, "broken")] += 1
    return seen


def faults(folder: Path) -> list[str]:
    """Sentences on entries of the store, and records beside files, that say what is not so."""
    known, sources = _known(), {_hash_of(source): source for source in range(len(SOURCES))}

    def expected(record: dict[str, Any]) -> str:
        ((_, read),) = record["inputs"]["read"].items()
        (code,) = record["code"]
        return _sha256(made_by(sources[code.rpartition("@")[2]], known[read], record["spec"]["factor"]))

    def told() -> Iterator[str]:
        for path in sorted((folder / "store/entries").glob("*.json")):
            entry = json.loads(path.read_text())
            if entry["outputs"]["made"]["sha256"] != expected(entry):
                yield f"the store says under {path.stem[:8]} what does not follow from its key"
        yield from (f"object {name[:8]} is broken" for name in Store(folder / "store").verify())
        for checkout in CHECKOUTS:
            for name in ("first", "second"):
                path = folder / checkout / "out" / name
                record = provenance_path(path)
                if path.is_file() and record.is_file():
                    said = json.loads(record.read_text())
                    if said["sha256"] == content_hash(path) != expected(said):
                        yield f"{checkout}: what lies as {name} is not what its record says"

    return list(told())


def history(folder: Path, *, operations: int, seed: int) -> Counter[str]:
    """Run a history in an empty folder; what happened, by kind."""
    for name in CHECKOUTS:
        (folder / name).mkdir(parents=True)
        (folder / name / "text").write_text(TEXTS[0])
        (folder / name / "apply.py").write_text(SOURCES[0])
    runners = []
    for number in range(RUNNERS):
        runner = os.fork()
        if not runner:
            status = 1
            try:
                seen = _runner(folder, operations // RUNNERS, seed * RUNNERS + number)
                (folder / f"seen.{number}").write_text(json.dumps(seen))
                status = 0
            finally:
                os._exit(status)
        runners.append(runner)
    ended = [os.waitstatus_to_exitcode(os.waitpid(runner, 0)[1]) for runner in runners]
    assert ended == [0] * RUNNERS, ended
    return sum((Counter(json.loads(path.read_text())) for path in folder.glob("seen.*")), Counter())


def main() -> int:
    """The long form."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=500, help="jobs that must have been killed while they ran")
    parser.add_argument("--changes", type=int, default=300, help="changes that must have fallen into a job's time")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seen = history(Path(folder), operations=arguments.operations, seed=arguments.seed)
        wrong = faults(Path(folder))
    print(dict(seen))
    print("\n".join(wrong) or "nothing false in the store or beside files")
    if too_few := seen["kills"] < arguments.kills or seen["changes inside a job"] < arguments.changes:
        print("too few kills, or changes inside a job, to show anything: give more --operations")
    return 1 if wrong or seen["broken"] or too_few else 0


if __name__ == "__main__":
    sys.exit(main())
