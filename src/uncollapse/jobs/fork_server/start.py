"""Start the fork server beside a Snakemake that runs jobs itself, or beside what runs them without Snakemake."""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# 0: every job is an interpreter of its own. A path: jobs are forked from the server that listens there, which has the
# libraries of those that it forked before
SWITCH = "UNCOLLAPSE_FORK_SERVER"
_POOLS = ("OMP", "GOTO", "OPENBLAS", "MKL", "NUMEXPR")

_servers: list[subprocess.Popen[bytes]] = []  # each ends when this process, and with it its end of the pipe, is gone


def start(workflow: Any) -> None:
    """Make ``python`` in the shell commands of this workflow mean the client of a fork server, mostly a new one.

    Only where jobs run here, one after another or side by side, without containers and environments of their own.
    """
    if not _useful(workflow):
        return
    from snakemake.shell import shell

    where = running_server()
    if where is None:
        where, server = _begin(os.environ | threads_of_libraries(1))  # jobs of more threads start an interpreter
        _servers.append(server)
    braces = shlex.join(client_command(where)).replace("{", "{{").replace("}", "}}")
    shell.prefix(f'set -euo pipefail; python() {{{{ {braces} "$@"; }}}}; ')


def running_server() -> Path | None:
    """The socket of a server that somebody has started for several workflows; None where each starts its own."""
    named = os.environ.get(SWITCH, "1")
    return None if named in ("0", "1") else Path(named)


def threads_of_libraries(threads: int) -> dict[str, str]:
    """The variables by which a job's libraries know its number of threads: those that Snakemake sets for each job."""
    return {f"{name}_NUM_THREADS": f"{threads}" for name in _POOLS} | {"VECLIB_MAXIMUM_THREADS": f"{threads}"}


@contextlib.contextmanager
def forking(environment: Mapping[str, str]) -> Iterator[list[str] | None]:
    """Words of a command before its script, which is then forked from a server that lives as long as the context.

    ``environment`` is that of the jobs, which are of one thread each. None where every job is to be an interpreter.
    """
    # the client takes the ``python`` that the PATH names, as a shell would
    python = shutil.which("python", path=environment.get("PATH")) or ""
    beside = os.path.dirname(python) == os.path.dirname(sys.executable)
    if not (beside and os.path.realpath(python) == os.path.realpath(sys.executable) and _possible()):
        yield None
        return
    where, server = _begin(environment)
    try:
        yield client_command(where)
    finally:
        assert server.stdin is not None
        server.stdin.close()
        server.wait()
        shutil.rmtree(where.parent, ignore_errors=True)  # which a server that was killed leaves


def _begin(environment: Mapping[str, str]) -> tuple[Path, subprocess.Popen[bytes]]:
    """A server, and its socket."""
    where = Path(tempfile.mkdtemp(prefix="uncollapse-")) / "socket"
    return where, subprocess.Popen(server_command(where), stdin=subprocess.PIPE, env=environment)


def server_command(where: Path) -> list[str]:
    """The server that listens at a socket; its standard input is to be a pipe, which ends it."""
    return [sys.executable, "-P", "-m", "uncollapse.jobs.fork_server.server", str(where)]


def client_command(where: Path) -> list[str]:
    """Words of a command before its script and arguments."""
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("client.py")), str(where)]


def _useful(workflow: Any) -> bool:
    return (
        _possible()
        and shutil.which("bash") is not None
        and workflow.local_exec
        and not workflow.dryrun
        and not workflow.deployment_settings.deployment_method
    )


def _possible() -> bool:
    """Whether this machine and its user allow it.

    On a machine with an NVIDIA GPU not: CUDA does not survive a fork, and whether a library touches it while it is
    imported is not ours to say.
    """
    allowed = os.environ.get(SWITCH, "1") != "0"
    return sys.platform == "linux" and allowed and not Path("/dev/nvidiactl").exists()
