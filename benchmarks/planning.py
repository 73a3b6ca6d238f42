"""Processor time of plans: what ``snakemake -n`` takes before anything runs, and how it grows with the number of jobs.

    python benchmarks/planning.py [--beside COMMIT or FOLDER] [--rounds 3] [--times 1 4 16]

With ``--beside``, another version is measured in turn with this one, in one run, so that a busy machine disturbs both
alike: a commit, which is unpacked into a temporary folder that is used again, or the folder of a checkout. Both are run
by this interpreter. Where results of the smoke scale are not finished, they are made first; those of the default are
planned where every folder has them.

``first`` is the first call, which may have to parse every module of the project; the others remember what they parsed.
Snakemake alone is a workflow of as many jobs, of three rules with one input each, in a folder of its own.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
SMOKE = ("--configfile", "scales/smoke.yaml")
ALONE = """
rule all:
    input: expand("scores/{{model}}", model=range({models}))
rule train:
    output: "models/{{model}}"
    shell: "touch {{output}}"
rule label:
    input: "models/{{model}}"
    output: "labels/{{model}}"
    shell: "touch {{output}}"
rule evaluate:
    input: "labels/{{model}}"
    output: "scores/{{model}}"
    shell: "touch {{output}}"
"""


@dataclass
class Measured:
    """Calls of one plan: jobs, seconds of processor time of each call, and the most memory of any in MiB."""

    jobs: int = 0
    seconds: list[float] = field(default_factory=list)
    memory: float = 0.0

    def __str__(self) -> str:
        return f"{self.jobs:6,}{self.seconds[0]:8.1f}{min(self.seconds):8.1f}{self.memory:7.0f}"


def plan(folder: Path, options: Sequence[str], measured: Measured) -> str:
    """One dry run in ``folder``, added to what was measured; what it printed."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--nolock", "--cores", "2", *options]
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read()
    total = re.search(r"^total +(\d+)", printed, flags=re.MULTILINE)
    if process.returncode or not (total or "Nothing to be done" in printed):
        sys.exit(f"{' '.join(command)} in {folder} failed:\n{printed[-2000:]}")
    measured.jobs = int(total[1]) if total else 0
    measured.seconds.append(used.ru_utime + used.ru_stime)
    measured.memory = max(measured.memory, used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10))
    return printed


def compare(name: str, folders: Sequence[Path], options: Sequence[str], rounds: int) -> list[Measured]:
    """Measure one plan in every folder in turn, print a line for each, and return what each took."""
    found = [Measured() for _ in folders]
    for _ in range(rounds):
        for folder, measured in zip(folders, found, strict=True):
            plan(folder, options, measured)
    print(f"{name:32}{found[0]}", flush=True)
    for other in found[1:]:
        ratio = min(found[0].seconds) / min(other.seconds)
        print(f"{'  beside':32}{other}   ratio {ratio:.2f}", flush=True)
    return found


def finish_smoke(folder: Path) -> None:
    """Make the results of the smoke scale in a checkout, unless they are there."""
    if "Nothing to be done" not in plan(folder, SMOKE, Measured()):
        call = [sys.executable, "-m", "snakemake", "--cores", str(os.cpu_count() or 1), *SMOKE]
        done = subprocess.run(
            call, cwd=folder, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(folder / "src")}
        )
        if done.returncode:
            sys.exit(f"the smoke scale failed in {folder}:\n{done.stderr[-2000:]}")


def checkout(version: str) -> Path:
    """The folder of a checkout, or one that holds a commit's files."""
    if Path(version).is_dir():
        return Path(version).absolute()
    git = ["git", "-C", str(ROOT)]
    commit = subprocess.run([*git, "rev-parse", f"{version}^{{commit}}"], capture_output=True, text=True)
    if commit.returncode:
        sys.exit(f"--beside {version}: neither a commit nor a folder")
    folder = Path(tempfile.gettempdir()) / f"uncollapse-planning-{commit.stdout.strip()[:12]}"
    if not folder.exists():
        files = subprocess.run([*git, "archive", commit.stdout.strip()], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(files)) as archive:
            archive.extractall(folder, filter="data")
    return folder


def more_seeds(folder: Path, seeds: int) -> list[str]:
    """Options for the default config with downstream models of so many more seeds, no results yet."""
    overlay: dict[str, Any] = {"results": str(folder / "results")}
    if seeds:
        default = yaml.safe_load((ROOT / "config.yaml").read_text())["experiments"]["eigenvalues"]
        seeds += len(default["downstream"]["seeds"])
        overlay["experiments"] = {"eigenvalues": {"downstream": {"seeds": list(range(seeds))}}}
    path = folder / f"{seeds}_more_seeds.yaml"
    path.write_text(yaml.safe_dump(overlay))
    return ["--configfile", str(path)]


def main() -> None:
    """Print processor time and memory of every plan, and the time of an added job."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", metavar="VERSION", help="a commit, or the folder of another checkout")
    parser.add_argument("--rounds", type=int, default=3, help="calls of each plan, the least of which counts")
    parser.add_argument("--times", type=int, nargs="*", default=[1, 4, 16], help="as many times the default's jobs")
    chosen = parser.parse_args()
    folders = [ROOT, *([checkout(chosen.beside)] if chosen.beside else [])]
    for folder in folders:
        finish_smoke(folder)
    print(f"{'seconds of processor time':32}{'jobs':>6}{'first':>8}{'least':>8}{'MiB':>7}")
    compare("smoke, nothing to do", folders, SMOKE, chosen.rounds)
    if all("Nothing to be done" in plan(folder, [], Measured()) for folder in folders):
        compare("default, nothing to do", folders, [], chosen.rounds)
    else:
        print("default, nothing to do: left out, since results are not finished in every folder", flush=True)
    compare("scales/paper.yaml, all to do", folders, ["--configfile", "scales/paper.yaml"], chosen.rounds)
    grow(folders, sorted({1, *chosen.times}), chosen.rounds)


def grow(folders: Sequence[Path], all_times: Sequence[int], rounds: int) -> None:
    """Measure plans of the default config with more and more jobs, and Snakemake alone with as many."""
    found: list[list[Measured]] = []
    with tempfile.TemporaryDirectory(prefix="uncollapse-planning-") as temporary:
        folder = Path(temporary)
        default, one_more = Measured(), Measured()
        plan(folders[0], more_seeds(folder, 0), default)
        plan(folders[0], more_seeds(folder, 1), one_more)
        for times in all_times:
            seeds = round((times - 1) * default.jobs / (one_more.jobs - default.jobs))
            ours = compare(f"default, {times} times the jobs", folders, more_seeds(folder, seeds), rounds)
            (folder / "Snakefile").write_text(ALONE.format(models=ours[0].jobs // 3))
            found.append(ours + compare("  Snakemake alone", [folder], [], rounds))
    for smaller, larger in itertools.pairwise(found):
        for name, before, after in zip([*map(str, folders), "Snakemake alone"], smaller, larger, strict=True):
            added = 1000 * (min(after.seconds) - min(before.seconds)) / (after.jobs - before.jobs)
            print(f"{name}: {added:.1f} ms for each added job, from {before.jobs:,} to {after.jobs:,}", flush=True)


if __name__ == "__main__":
    main()
