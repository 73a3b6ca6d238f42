"""Seconds of a snakemake call that finds nothing to do, and of fingerprinting in it, at the default scale.

Run it where the default results are complete: python benchmarks/noop.py
"""

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from uncollapse.config.files import read
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).parents[1]
ROUNDS = 5
CALL = [sys.executable, "-m", "snakemake", "--cores", "1"]
# in a process of its own: within one, files are parsed once
FINGERPRINT = [sys.executable, __file__, "fingerprint"]


def main() -> None:
    """Print medians and the least of several rounds."""
    if "fingerprint" in sys.argv:
        print(_fingerprinting())
        return
    done = subprocess.run([*CALL, "--dry-run"], cwd=ROOT, capture_output=True, text=True)
    if "Nothing to be done" not in done.stdout + done.stderr:
        sys.exit("the default results are not complete: run snakemake --cores 2 first\n" + done.stderr[-2000:])
    calls, fingerprints, before = [], [], _processor_time()
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        subprocess.run(CALL, cwd=ROOT, capture_output=True, check=True)
        calls.append(time.perf_counter() - begun)
    processor = (_processor_time() - before) / ROUNDS
    for _ in range(ROUNDS):
        own = subprocess.run(FINGERPRINT, cwd=ROOT, capture_output=True, text=True, check=True)
        fingerprints.append(float(own.stdout))
    for name, measured in (("snakemake with nothing to do", calls), ("fingerprinting of all jobs", fingerprints)):
        print(f"{name:30} median {statistics.median(measured):.2f} s, least {min(measured):.2f} s")
    print(f"{'processor time of such a call':30} mean   {processor:.2f} s, whatever else the machine does")


def _processor_time() -> float:
    """Seconds that processes started here have kept a core busy."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _fingerprinting() -> float:
    """Seconds that it takes to find the job of every artifact of the default scale, code included, the first time."""
    plan = Plan(read(ROOT / "config.yaml"))
    begun = time.perf_counter()
    found, todo = set(), [plan.recipe("write_report")]
    while todo:
        for paths in todo.pop().inputs.values():
            for path in filter(lambda path: path not in found, paths):
                found.add(path)
                todo += filter(None, [plan.recipe_of(path)])
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
