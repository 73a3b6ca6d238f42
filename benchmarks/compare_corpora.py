"""Seconds of processor time and peak memory of `uncollapse compare`, whole processes on one thread.

    python benchmarks/compare_corpora.py [--documents 20000] [--all] [--against FOLDER] [--rounds 1]

Two corpora of so many made-up documents of 214 words on average (benchmarks/deduplication.py); 10,000 of each are
compared, or with ``--all`` all of them. ``--against`` is another checkout, such as ``git worktree add /tmp/before
5e751fc``, whose script is run on the same files in turns; the ratio is of the least times, and every number of its
table must be the same to 1e-12.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from deduplication import made_up

ROOT = Path(__file__).parents[1]
# the program's own peak memory, where getrusage knows its parent's as well
MEASURED = """
import runpy, sys, time
script, *given = sys.argv[1:]
sys.argv = [script, *given]
try:
    runpy.run_path(script, run_name="__main__")
except SystemExit as ended:
    assert not ended.code, ended.code
status = open("/proc/self/status").read()
print(time.process_time(), int(status.split("VmHWM:")[1].split()[0]) / 1024, file=sys.stderr)
"""


def cost(checkout: Path, given: list[str]) -> tuple[float, float]:
    """Seconds of processor time and peak MB of one run, start-up included."""
    environment = os.environ | {"PYTHONPATH": str(checkout / "src"), "OMP_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"}
    call = [sys.executable, "-c", MEASURED, str(checkout / "scripts" / "compare_corpora.py"), *given]
    done = subprocess.run(call, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    seconds, memory = done.stderr.split()[-2:]
    return float(seconds), float(memory)


def numbers(folder: Path) -> np.ndarray:
    """Every number of a comparison's table."""
    import pandas as pd

    return pd.read_parquet(folder / "page.numbers.parquet")[["value", "low", "high"]].to_numpy()


def main() -> None:
    """Print seconds, memory, and what they are beside another checkout's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, nargs="+", default=[20_000])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--against", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    for documents in options.documents:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            files = [folder / "first.parquet", folder / "second.parquet"]
            for seed, file in enumerate(files):
                write(file, documents, seed)
            given = [*map(str, files), *(["--documents", str(documents)] if options.all else [])]
            now, before = [], []
            for _ in range(options.rounds):
                now.append(cost(ROOT, [*given, "--output", str(folder / "now")]))
                if options.against:
                    before.append(cost(options.against, [*given, "--output", str(folder / "before")]))
            line = f"2 x {documents:9,} documents {min(now)[0]:8.2f} s {min(now)[1]:7,.0f} MB"
            if before:
                line += f"   before {min(before)[0]:8.2f} s {min(before)[1]:7,.0f} MB"
                line += f"   {min(before)[0] / min(now)[0]:5.1f}x"
                np.testing.assert_allclose(numbers(folder / "now"), numbers(folder / "before"), rtol=1e-12, atol=1e-12)
            print(line, flush=True)


def write(file: Path, documents: int, seed: int) -> None:
    """Made-up documents as a Parquet file, in groups of a thousand."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("text", pa.string())])
    texts = made_up(documents, seed)
    with pq.ParquetWriter(file, schema) as writer:
        for start in range(0, documents, 1000):
            some = [next(texts) for _ in range(min(1000, documents - start))]
            writer.write_table(pa.table({"text": some}, schema))


if __name__ == "__main__":
    main()
