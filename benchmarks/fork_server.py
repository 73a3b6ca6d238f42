"""Jobs forked from a process that has their libraries, beside jobs that are interpreters of their own.

    python benchmarks/fork_server.py

Seconds from start to end of a job that only imports what such jobs do, the least of five, both kinds in turn.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from uncollapse.jobs.fork_server.start import client_command, server_command

ROOT = Path(__file__).parents[1]
ROUNDS = 5
JOBS = {
    "select": "import uncollapse.selection.choose",
    "evaluate": "import uncollapse.metrics.accuracy",
    "make a table": "import pandas",
    "train, label": "import torch, uncollapse.models.encoder_decoder",
    "language models": "import uncollapse.language.artifact, transformers.models.gpt2.modeling_gpt2",
}


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """From start to end."""
    start = time.perf_counter()
    subprocess.run(command, env=environment, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Each job both ways."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PATH": path, "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) / "server/socket"  # which the server removes at its end
        where.parent.mkdir()
        server = subprocess.Popen(server_command(where), stdin=subprocess.PIPE, env=environment)
        while not where.exists():
            time.sleep(0.01)
        client = client_command(where)
        print("seconds of a job         interpreter   forked")
        for name, line in JOBS.items():
            script = Path(folder) / "job.py"
            script.write_text(f"{line}\n")
            for _ in range(2):  # the server learns of the libraries, and loads them before the next job
                seconds([*client, str(script)], environment)
            plain, forked = float("inf"), float("inf")
            for _ in range(ROUNDS):
                plain = min(plain, seconds([sys.executable, str(script)], environment))
                forked = min(forked, seconds([*client, str(script)], environment))
            print(f"{name:24} {plain:11.2f} {forked:8.2f} {plain / forked:7.1f}x", flush=True)
        server.stdin.close()
        server.wait()


if __name__ == "__main__":
    main()
