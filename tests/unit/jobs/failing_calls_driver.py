"""One job whose n-th call on a file fails, for each n and each fault; run with the shim of failing_calls.c preloaded.

    LD_PRELOAD=SHIM python failing_calls_driver.py SHIM FOLDER [every]

Prints one JSON object: the number of calls of an undisturbed job, the faults that were tried, and what was wrong after
which. After every fault the job is run again, and once more with its results deleted: then all must be as if nothing
had happened, with one computation more at most, and none that the store had. Without ``every``, the faults take turns
from call to call.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import signal
import sys
from pathlib import Path

from uncollapse.jobs import stage_command
from uncollapse.jobs.provenance import provenance_path
from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import Store, content_hash

FAULTS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, "EACCES": errno.EACCES, "SIGKILL": 0}
TEXT = "what is read\n"


def run(stage: Stage) -> None:
    """Copy the input to two outputs, by way of a checkpoint folder; a body, found by the name of this module."""
    with (Path(os.environ["WORLD"]).parent / "computed").open("a") as computed:
        computed.write("x")
    checkpoint = stage.checkpoint("one")
    checkpoint.mkdir(parents=True, exist_ok=True)
    (checkpoint / "state").write_text("half")
    text = stage.input("text").read_text()
    stage.output("one").write_text(text)
    stage.output("two").write_text(text * 2)


def job(world: Path, shim: ctypes.CDLL, number: int, fault: int, *, armed: bool) -> tuple[int, int]:
    """Exit status of one job in a process of its own, and how many calls were counted."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        said = os.open(world.parent / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(said, 2)
        os.environ |= {"WORLD": str(world), stage_command.STORE_VARIABLE: str(world / "store")}
        sys.argv = ["stage.py", "failing.calls", "--spec", "{}", "--input", f"text={world}/text"]
        sys.argv += [f"--output=one={world}/out/one.txt", f"--output=two={world}/out/two.txt"]
        sys.argv += [f"--log={world}/logs/log"]
        status = 0
        if armed:
            shim.arm(str(world).encode(), number, fault)
        try:
            stage_command.run_stage()
        except SystemExit as error:
            status = int(error.code or 0)
        except BaseException:
            status = 99
        os.write(writing, str(shim.counted()).encode())
        os._exit(status)
    os.close(writing)
    counted = os.read(reading, 100)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), int(counted or b"0")


def fresh(folder: Path) -> Path:
    """A folder with an input and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    world = folder / "world"
    world.mkdir(parents=True)
    (world / "text").write_text(TEXT)
    return world


def faults_of(world: Path, times: int) -> list[str]:
    """Sentences on what is not as an undisturbed job leaves it; ``times`` the work may have been done."""
    wrong = []
    for name, text in (("one", TEXT), ("two", TEXT * 2)):
        path = world / f"out/{name}.txt"
        if not path.is_file() or path.read_text() != text:
            wrong.append(f"{name} is not what it should be")
        elif json.loads(provenance_path(path).read_text())["sha256"] != content_hash(path):
            wrong.append(f"the record of {name} is of another file")
    left = [str(path.relative_to(world)) for path in (world / "out").rglob("*") if path.is_file()]
    wrong += [f"left behind: {name}" for name in left if ".partial-" in name or ".checkpoints" in name]
    if Store(world / "store").verify():
        wrong.append("a broken object in the store")
    computed = (world.parent / "computed").read_text()
    if len(computed) > times:
        wrong.append(f"computed {len(computed)} times")
    return wrong


def tried(folder: Path, shim: ctypes.CDLL, number: int, fault: str) -> list[str]:
    """What is wrong after the n-th call failed, another run, and one from the store."""
    world = fresh(folder)
    status, _ = job(world, shim, number, FAULTS[fault], armed=True)
    said = (folder / "said").read_text()
    wrong = [f"a traceback: {said.splitlines()[-3:]}"] if "Traceback" in said else []
    wrong += [f"ended with {status}: {said.splitlines()[-1:]}"] if status not in (0, 1, -signal.SIGKILL) else []
    wrong += ["said nothing"] if status == 1 and "failed: " not in said else []
    again, _ = job(world, shim, 0, 0, armed=False)
    wrong += [f"the next run ends with {again}: {(folder / 'said').read_text()[-300:]}"] if again else []
    wrong += faults_of(world, times=2)
    before = (folder / "computed").read_text()
    shutil.rmtree(world / "out")
    last, _ = job(world, shim, 0, 0, armed=False)
    wrong += [f"from the store it ends with {last}"] if last else []
    wrong += ["the store had lost it"] if (folder / "computed").read_text() != before else []
    return wrong


def main() -> None:
    """Every call, every fault."""
    shim, folder = ctypes.CDLL(sys.argv[1]), Path(sys.argv[2])
    shim.counted.restype = ctypes.c_long
    shim.arm.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_int]
    sys.modules["failing.calls"] = sys.modules["__main__"]
    status, calls = job(fresh(folder), shim, 0, 0, armed=True)
    assert status == 0, (folder / "said").read_text()
    names = list(FAULTS)
    cases = [(number, fault) for number in range(1, calls + 1) for fault in names]
    if sys.argv[3:] != ["every"]:
        cases = [(number, names[number % len(names)]) for number in range(1, calls + 1)]
    wrong = {f"{fault} at call {number}": tried(folder, shim, number, fault) for number, fault in cases}
    said = {case: found for case, found in wrong.items() if found}
    print(json.dumps({"calls": calls, "tried": len(cases), "wrong": said}))


if __name__ == "__main__":
    main()
