"""Scripts in processes of their own that need not import their libraries anew: forked as the workflow's jobs are.

    words = warm("scripts/stage.py", environment=environment)
    subprocess.run([*words, "--help"], env=environment)

does what ``python scripts/stage.py --help`` does, a second or two sooner; see :mod:`uncollapse.jobs.fork_server`. The
project's own modules are imported anew each time. Only the client is a child of whoever starts it: processor time,
limits and sessions are to be asked of an interpreter that is started as ever.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from uncollapse.jobs.fork_server import server
from uncollapse.jobs.fork_server.start import SWITCH, client_command, threads_of_libraries

SNAKEMAKE = Path(sys.executable).with_name("snakemake")  # the script that a user calls

_sockets: dict[tuple[str, tuple[tuple[str, str], ...]], Path] = {}
_servers: list[subprocess.Popen[bytes]] = []  # each ends with this process, which holds the other end of its input


def jobs_forked(environment: Mapping[str, str], checkout: Path) -> dict[str, str]:
    """The environment, for a Snakemake of this checkout whose jobs share libraries with those of the runs before it.

    Otherwise each run starts a server of its own, which imports them anew.
    """
    if not _possible():
        return dict(environment)
    path = os.pathsep.join(filter(None, [str(checkout / "src"), environment.get("PYTHONPATH")]))
    of_jobs = {**environment, **threads_of_libraries(1), "PYTHONPATH": path}
    return {**environment, SWITCH: str(_socket("jobs", of_jobs))}


def warm(script: str | Path, *, environment: Mapping[str, str]) -> list[str]:
    """Words of a command before the script's arguments, to be run with that environment.

    A server for each script, and for each set of the variables that libraries read when they are imported.
    """
    if not _possible():
        return [sys.executable, str(script)]
    words = [*client_command(_socket(str(script), environment)), str(script)]
    path = environment.get("PATH", os.defpath)
    # the client takes the ``python`` of the PATH, as a rule's shell would
    if os.path.dirname(shutil.which("python", path=path) or "") == os.path.dirname(sys.executable):
        return words
    return ["env", f"PATH={os.path.dirname(sys.executable)}{os.pathsep}{path}", *words]


def _possible() -> bool:
    return sys.platform == "linux" and not Path("/dev/nvidiactl").exists()


def _socket(name: str, environment: Mapping[str, str]) -> Path:
    decisive = sorted(item for item in environment.items() if item[0].startswith(server.DECISIVE))
    key = (name, tuple(decisive))
    if key not in _sockets:
        _sockets[key] = _begin(environment)
    return _sockets[key]


def _begin(environment: Mapping[str, str]) -> Path:
    where = Path(tempfile.mkdtemp(prefix="warm-")) / "socket"
    command = [sys.executable, "-P", __file__, str(where)]
    # streams that are pipes as those of tests are: Python asks once whether one can be wound back
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    _servers.append(subprocess.Popen(command, env=dict(environment), **pipes))
    until = time.monotonic() + 60
    while not where.exists():
        assert time.monotonic() < until, "the server does not start"
        time.sleep(0.01)
    return where


if __name__ == "__main__":
    server.LIBRARIES = ("snakemake.cli", *server.LIBRARIES)
    server.main(sys.argv[1])
