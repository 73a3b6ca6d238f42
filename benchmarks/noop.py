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
    """Seconds that it takes to find the code of every artifact of the default scale, the first time."""
    plan = Plan(read(ROOT / "config.yaml"), scripts=ROOT / "scripts")
    begun = time.perf_counter()
    for experiment in plan.settings.experiments:
        models = [*plan.generators(experiment), *plan.downstream(experiment)]
        for stage in ("sample", "select_data", "estimate_proxy", "compare_kept"):
            for _ in plan.settings.experiments[experiment].datasets:
                plan.code(stage, experiment)
        for _ in models:
            plan.code("train", experiment)
        for _ in plan.evaluations(experiment):
            plan.code("label", experiment)
            plan.code("evaluate_model", experiment)
        for verifier in plan.settings.experiments[experiment].verifiers:
            plan.code("verify", experiment, verifier=verifier)
    for kind in ("tables", "figures", "claims"):
        for name in plan.products(kind):
            plan.product_code(kind, name)
    plan.code("gather_claims")
    plan.report_code()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
