"""Sandboxed processes started, talked to and ended."""

import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from uncollapse.verifiers.children.messages import ClosedError, LateError, receive, send
from uncollapse.verifiers.sandbox.system_calls import can_filter

_SOURCE = Path(__file__).parents[3]
_BOOT = (
    f"import sys; sys.path.insert(0, {str(_SOURCE)!r}); from uncollapse.verifiers.sandbox.inside import main; main()"
)
_ENVIRONMENT = {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/alternatives")
_LONGEST = 1 << 20  # bytes of what a process says of itself
_GRACE = 10.0  # seconds of waiting beside three times the limit of processor time


@dataclass(frozen=True)
class Limits:
    """Limits of one process: seconds of processor time, memory, and how it is kept apart."""

    seconds: int
    megabytes: int
    wrapped: bool  # by bubblewrap
    filtered: bool  # by a filter of system calls

    @property
    def wall(self) -> float:
        """Seconds that a process may take in all."""
        return 3 * self.seconds + _GRACE


@functools.cache
def has_bubblewrap() -> bool:
    """Whether bubblewrap is installed, and may make namespaces here."""
    if shutil.which("bwrap") is None:
        return False
    tried = subprocess.run([*_wrapping(), sys.executable, "-I", "-c", ""], capture_output=True, check=False, timeout=60)
    return tried.returncode == 0


@functools.cache
def has_filter() -> bool:
    """Whether the kernel takes a filter of system calls."""
    if not can_filter():
        return False
    code = f"import sys; sys.path.insert(0, {str(_SOURCE)!r})\n" + (
        "from uncollapse.verifiers.sandbox.system_calls import confine\nimport os, socket\nconfine(files=False)\n"
        "try:\n    socket.socket()\nexcept PermissionError:\n    os._exit(7)\n"
    )
    tried = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=False, timeout=60)
    return tried.returncode == 7


def _wrapping() -> list[str]:
    """Command that runs another with its own processes and no network, and sees the system and Python alone."""
    seen = dict.fromkeys([*_SYSTEM, sys.base_prefix, sys.prefix, str(_SOURCE)])
    bound = [word for path in seen if os.path.exists(path) for word in ("--ro-bind", path, path)]
    return [
        shutil.which("bwrap") or "bwrap", "--unshare-all", "--die-with-parent", "--new-session",
        "--as-pid-1", "--cap-drop", "ALL", "--clearenv",
        *(word for name, value in _ENVIRONMENT.items() for word in ("--setenv", name, value)),
        "--size", str(64 << 20), "--tmpfs", "/tmp", *bound, "--proc", "/proc", "--dev", "/dev",
        "--dir", "/tmp/program", "--chdir", "/tmp/program",
    ]  # fmt: skip


_running: set["Process"] = set()


def end_all() -> None:
    """Kill all that run; whoever waits for one sees its line end."""
    for process in list(_running):
        process.kill()


class Process:
    """A sandboxed process, with a line to it."""

    def __init__(self, role: str, limits: Limits, folder: str, *, passed: int | None = None, **streams: Any) -> None:
        ours, theirs = socket.socketpair()
        self.line = ours
        told = {"seconds": limits.seconds, "megabytes": limits.megabytes, "filtered": limits.filtered}
        told["files"] = limits.wrapped
        command = [sys.executable, "-I", "-c", _BOOT, role, str(theirs.fileno()), json.dumps(told)]
        self._process = subprocess.Popen(
            [*(_wrapping() if limits.wrapped else []), *command],
            cwd=folder,
            env=_ENVIRONMENT,
            pass_fds=[theirs.fileno(), *([] if passed is None else [passed])],
            start_new_session=True,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | streams,
        )
        theirs.close()
        _running.add(self)

    def kill(self) -> None:
        """Kill the process with all that it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> int:
        """Kill the process, and return its status."""
        _running.discard(self)
        self.line.close()
        self.kill()
        return self._process.wait()

    def wait(self, seconds: float) -> int | None:
        """Status once the process has ended, or None where it has not in time."""
        try:
            return self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None


@contextmanager
def _folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="tests-") as folder:
        yield folder


def tested(code: str, tests: str, entry_point: str | None, limits: Limits) -> str:
    """Run tests against a program, in two processes; "" where all pass, else what is wrong."""
    with _folder() as folder:
        one, other = socket.socketpair()
        with one, other:
            program = Process("program", limits, folder, passed=one.fileno())
            judge = Process("tests", limits, folder, passed=other.fileno())
            deadline = time.monotonic() + limits.wall
            try:
                send(program.line.fileno(), {"code": code, "other": one.fileno()}, deadline=deadline)
                given = {"tests": tests, "entry_point": entry_point, "other": other.fileno()}
                send(judge.line.fileno(), given, deadline=deadline)
                one.close()
                other.close()
                told = receive(judge.line.fileno(), deadline=deadline, longest=_LONGEST)["told"]
            except LateError:
                told = f"no result within {limits.wall:g} s"
            except ClosedError:
                told = "the tests ended early"
            if told and program.wait(0.05) not in (None, 0):
                told = _ended(program.end(), limits)
            else:
                program.end()
            judge.end()
    return told


def run_script(code: str, given: str, limits: Limits) -> tuple[str, str]:
    """Standard output of a program, and what is wrong with how it ended, "" for nothing."""
    with _folder() as folder, tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out:
        source.write(given.encode("utf-8", "surrogatepass"))
        source.seek(0)
        process = Process("script", limits, folder, stdin=source, stdout=out)
        try:
            send(process.line.fileno(), {"code": code}, deadline=time.monotonic() + limits.wall)
            status = process.wait(limits.wall)
        except (LateError, ClosedError):
            status = process.wait(0.5)
        fault = f"not done within {limits.wall:g} s" if status is None else _ended(status, limits) if status else ""
        process.end()
        return _read(out), fault


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _ended(status: int, limits: Limits) -> str:
    if status in (-signal.SIGKILL, -signal.SIGXCPU, 128 + signal.SIGKILL, 128 + signal.SIGXCPU):
        return f"ended after {limits.seconds} s of processor time"
    return f"the program ended with status {status}"
