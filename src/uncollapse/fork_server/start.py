"""Start the fork server beside a Snakemake that runs jobs itself."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SWITCH = "UNCOLLAPSE_FORK_SERVER"  # 0: every job is an interpreter of its own
_THREADS = ("OMP", "GOTO", "OPENBLAS", "MKL", "NUMEXPR")  # Snakemake sets all for each job

_servers: list[subprocess.Popen[bytes]] = []  # each ends when this process, and with it its end of the pipe, is gone


def start(workflow: Any) -> None:
    """Have ``python`` in the shell commands of this workflow mean the client of a new fork server.

    Only where jobs run here, one after another or side by side, without containers and environments of their own. On a
    machine with an NVIDIA GPU not either: CUDA does not survive a fork, and whether a library touches it while it is
    imported is not ours to say.
    """
    if not _useful(workflow):
        return
    from snakemake.shell import shell

    where = Path(tempfile.mkdtemp(prefix="uncollapse-")) / "socket"
    # what Snakemake sets for a job of one thread; others start an interpreter
    one_thread = {f"{name}_NUM_THREADS": "1" for name in _THREADS} | {"VECLIB_MAXIMUM_THREADS": "1"}
    server = subprocess.Popen(
        server_command(where),
        stdin=subprocess.PIPE,
        env=os.environ | one_thread,
    )
    _servers.append(server)
    braces = shlex.join(client_command(where)).replace("{", "{{").replace("}", "}}")
    shell.prefix(f'set -euo pipefail; python() {{{{ {braces} "$@"; }}}}; ')


def server_command(where: Path) -> list[str]:
    """The server that listens at a socket; its standard input is to be a pipe, which ends it."""
    return [sys.executable, "-P", "-m", "uncollapse.fork_server.server", str(where)]


def client_command(where: Path) -> list[str]:
    """What a script and its arguments are to follow."""
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("client.py")), str(where)]


def _useful(workflow: Any) -> bool:
    return (
        sys.platform == "linux"
        and shutil.which("bash") is not None
        and os.environ.get(SWITCH, "1") != "0"
        and workflow.local_exec
        and not workflow.dryrun
        and not workflow.deployment_settings.deployment_method
        and not Path("/dev/nvidiactl").exists()
    )
