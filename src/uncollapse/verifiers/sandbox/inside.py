"""The inside of a sandboxed process: limits first, then a program or tests.

python -I -c "..." program|tests|script DESCRIPTOR LIMITS    with the code on standard input
"""

import ctypes
import json
import os
import resource
import signal
import sys

from uncollapse.verifiers.children.messages import ClosedError, receive, send
from uncollapse.verifiers.sandbox.system_calls import can_filter, confine


def limit(*, seconds: int, megabytes: int, files: bool, filtered: bool) -> None:
    """Limit this process in time, memory, files and processes, and filter its system calls."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    size = megabytes << 20
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, size),
        (resource.RLIMIT_FSIZE, _FILE),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_STACK, 64 << 20),
    ):
        resource.setrlimit(what, (most, most))
    if filtered and can_filter():
        confine(files=files)
    else:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_FILE = 16 << 20  # bytes of a file that a program may write


def main() -> None:
    """Run what the arguments say."""
    role, descriptor, limits = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
    given = receive(descriptor)
    if role == "script":
        sys.argv = ["solution.py"]
        space = {"__name__": "__main__"}
        code = given["code"]
        os.close(descriptor)
        limit(**limits)
        exec(compile(code, "solution.py", "exec"), space)
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    other = given["other"]
    if role == "program":
        from uncollapse.verifiers.sandbox.program_side import Program

        os.close(descriptor)
        limit(**limits)
        try:
            Program(other).run(given["code"])
        except ClosedError:
            os._exit(0)
    else:
        from uncollapse.verifiers.sandbox.tests_side import run_tests

        limit(**limits)
        told = run_tests(other, given["tests"], given["entry_point"])
        send(descriptor, {"told": told})
    os._exit(0)
