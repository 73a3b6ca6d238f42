"""Seconds of processor time of scripts/proxy.py, whole processes on one thread, and their peak memory.

    python benchmarks/proxy_speed.py [--rows 1000000] [--against FOLDER]

``--against`` is another checkout, such as ``git worktree add /tmp/before 5e751fc``, whose script is run on the same
files in the same run, in turns; the ratio is of the least times. Tables are Parquet with a prompt, a score, and what is
correct and kept; with and without prompts (eight candidates each), and swept over twenty thresholds.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]


def table(path: Path, rows: int) -> None:
    """A table of candidates, eight a prompt."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    prompts = np.arange(rows) // 8
    right = rng.random(rows) < rng.beta(1, 1, size=prompts[-1] + 1)[prompts]
    score = right + rng.standard_normal(rows)
    columns = {"id_": prompts, "correct": right, "kept": score > 1, "score": score}
    pq.write_table(pa.table(columns), path)


def cost(checkout: Path, given: list[str], *, new: bool) -> tuple[float, float]:
    """Seconds of processor time and peak MB of one run; what the older script does not know is left out."""
    call = [sys.executable, str(checkout / "scripts" / "proxy.py"), *given]
    if not new:
        call = [one for one in call if one != "--independent"]
    environment = os.environ | {"PYTHONPATH": str(checkout / "src"), "OMP_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"}
    process = subprocess.Popen(call, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(call)}")
    scale = 1024 if sys.platform == "linux" else 1024**2
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale


def main() -> None:
    """Print seconds, and ratios where there is something to hold against."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "candidates.parquet"
        table(path, options.rows)
        print(f"{options.rows:,} candidates")
        picture = ["--score", "score", "--picture", str(Path(name) / "x.png")]
        for what, given in (
            ("rows", ["--independent"]),
            ("prompts", ["--prompt", "id_"]),
            ("rows, swept", ["--independent", *picture]),
            ("prompts, swept", ["--prompt", "id_", *picture]),
        ):
            times: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
            for _ in range(options.rounds):
                times[True].append(cost(ROOT, [str(path), *given], new=True))
                if options.against:
                    times[False].append(cost(options.against, [str(path), *given], new=False))
            line = f"{what:15} {min(times[True])[0]:7.2f} s {min(times[True])[1]:7,.0f} MB"
            if options.against:
                before = min(times[False])
                line += f"   before {before[0]:7.2f} s {before[1]:7,.0f} MB   {before[0] / min(times[True])[0]:5.1f}x"
            print(line, flush=True)


if __name__ == "__main__":
    main()
