"""Kill the workflow at random moments, again and again; in the end every artifact must be as if nothing had happened.

    python tests/workflow/torture.py --kills 100

A calm run says what the bytes should be. Then, in another folder: delete a random part of the artifacts, start
Snakemake, kill -9 a job, Snakemake, or everything at once at a random moment, and start over. Jobs whose Snakemake was
killed go on by themselves and meet their own repetition. Rounds take turns between a store that stays and one that is
new (so that nothing comes from it). At the end one run goes through, and then one more from the store alone.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from uncollapse.jobs.store import Store

ROOT = Path(__file__).parents[2]
OVERLAYS = [ROOT / "scales/smoke.yaml", ROOT / "tests/workflow/tiny.yaml", ROOT / "tests/workflow/torture.yaml"]
KINDS = ("job", "Snakemake", "both")
CHANCES = (2, 1, 1)  # a run survives the loss of a job, and others of its jobs can be killed
PATIENCE = 600.0  # seconds after which a run counts as hung


@dataclass(kw_only=True)
class Outcome:
    """What was done, and what came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    cut_off: bool = False  # a training was killed behind its checkpoint, and did not end all the same
    resumed: int = 0
    from_store: int = 0
    different: list[str] = field(default_factory=list)
    litter: list[str] = field(default_factory=list)
    broken_objects: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Nothing lost, nothing left behind, nothing false in the store."""
        return not (self.different or self.litter or self.broken_objects)


class Workflow:
    """The torture scale in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.results = folder / "results"
        self.output = folder.with_name(f"{folder.name}.output.txt")
        folder.mkdir(parents=True)
        shutil.copy(ROOT / "config.yaml", folder)

    def start(self, *, store: str, targets: list[str] | None = None) -> subprocess.Popen[bytes]:
        """Snakemake in a session of its own, with its jobs; what all of them print is appended to ``output``."""
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
        command += ["--directory", str(self.folder), "--cores", "2", "--nolock", *(targets or [])]
        command += ["--configfile", *map(str, OVERLAYS), "--config", "results=results", f"store={store}"]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = os.environ | {"OMP_NUM_THREADS": "1", "PATH": path}
        with self.output.open("ab") as output:
            return subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
            )

    def complete(self, *, store: str, targets: list[str] | None = None) -> None:
        """Run until it ends by itself."""
        ended = self.start(store=store, targets=targets).wait(timeout=PATIENCE)
        assert ended == 0, f"an undisturbed run failed:\n{self.output.read_text()[-6000:]}"

    def artifacts(self) -> dict[str, str]:
        """Hash of every file that is the same in every run: not logs and stores."""
        found = {}
        for path in sorted(self.results.rglob("*")):
            parts = path.relative_to(self.results).parts
            if path.is_file() and parts[0] != "logs" and not _is_litter(path):
                found["/".join(parts)] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    def litter(self) -> list[Path]:
        """What killed jobs left beside the artifacts."""
        return [path for path in self.results.rglob("*") if path.is_file() and _is_litter(path)]


def _is_litter(path: Path) -> bool:
    return ".partial-" in path.name or path.parent.name == ".checkpoints" or path.name.startswith(".tmp")


def torture(folder: Path, *, kills: int, seed: int, longest_wait: float = 8.0) -> Outcome:
    """Kill at least so many times; the folder must be empty."""
    chance = random.Random(seed)
    calm = Workflow(folder / "calm")
    calm.complete(store="../calm-store")
    expected = calm.artifacts()
    rough, outcome = Workflow(folder / "rough"), Outcome()
    sessions: list[int] = []
    while outcome.kills.total() < kills or not outcome.cut_off:
        assert outcome.cut_off or outcome.rounds < kills + 10, "no training could be cut off behind a checkpoint"
        assert outcome.rounds < 3 * kills + 10, "runs end before anything of them is killed: lower --longest-wait"
        outcome.rounds += 1
        _delete_some(rough, chance)
        store = "../store" if chance.random() < 0.5 else f"../store-of-round-{outcome.rounds}"
        snakemake = rough.start(store=store)
        sessions.append(snakemake.pid)
        _disturb(snakemake, rough, chance, outcome, longest_wait=longest_wait)
        snakemake.wait(timeout=PATIENCE)
        print(f"run {outcome.rounds}: {dict(outcome.kills)}", flush=True)
    for session in sessions:
        _wait_for_orphans(session)
    conclude(rough, expected, outcome)
    return outcome


def conclude(rough: Workflow, expected: dict[str, str], outcome: Outcome) -> None:
    """Let runs go through, and compare all that there is with the calm run."""
    outputs = [f"results/{name}" for name in expected if ".provenance" not in name]
    rough.complete(store="../store", targets=outputs)
    # what was killed while its repetition was already done is gone with the next run of the same output
    litter = rough.litter()
    for path in litter:
        name = re.sub(r"^\.(.*)\.partial-[\w.-]+-\d+", r"\1", path.name)
        if path.parent.name in (".provenance", ".checkpoints"):
            (path.parent.parent / name.removesuffix(".json")).unlink(missing_ok=True)
        (path.parent / name).unlink(missing_ok=True)
    if litter:
        rough.complete(store="../store", targets=outputs)
    outcome.different += _differences(expected, rough.artifacts())
    outcome.litter += [str(path.relative_to(rough.folder)) for path in rough.litter()]
    outcome.resumed = rough.output.read_text().count("resuming at")
    shutil.rmtree(rough.results)
    before = _taken(rough)
    rough.complete(store="../store", targets=outputs)
    outcome.from_store = _taken(rough) - before
    outcome.different += _differences(expected, rough.artifacts())
    outcome.broken_objects += Store(rough.folder.parent / "store").verify()


def _taken(workflow: Workflow) -> int:
    """Jobs whose results came from the store so far, one by one or many at once."""
    printed = workflow.output.read_text()
    return printed.count(": taken from the store") + sum(map(int, re.findall(r"of (\d+) jobs taken from", printed)))


def _delete_some(workflow: Workflow, chance: random.Random) -> None:
    """Between nothing and everything, so that there is work to kill."""
    share = chance.random()
    for path in list(workflow.results.rglob("*")) if workflow.results.is_dir() else ():
        # Snakemake makes artifacts again, and their provenance with them, but no provenance alone
        if not path.is_file() or _is_litter(path) or path.parent.name == ".provenance":
            continue
        if path.name == "report.html" or chance.random() < share:
            path.unlink(missing_ok=True)  # an orphan may be at work here as well


def _disturb(
    snakemake: subprocess.Popen[bytes],
    workflow: Workflow,
    chance: random.Random,
    outcome: Outcome,
    *,
    longest_wait: float,
) -> None:
    """Kill jobs of one run until it ends, or until Snakemake is killed as well."""
    if not outcome.cut_off:
        _cut_off_a_training(snakemake, workflow, outcome)
    while snakemake.poll() is None and not _jobs(snakemake.pid):
        time.sleep(0.02)
    while True:
        until = time.monotonic() + chance.uniform(0, longest_wait)
        while time.monotonic() < until:
            if snakemake.poll() is not None:
                return
            time.sleep(0.02)
        kind = chance.choices(KINDS, CHANCES)[0]
        if kind == "job":
            jobs = _jobs(snakemake.pid)
            if jobs and _kill(chance.choice(jobs)):
                outcome.kills[kind] += 1
            continue
        if kind == "Snakemake":
            snakemake.kill()
        else:
            os.killpg(snakemake.pid, signal.SIGKILL)
        outcome.kills[kind] += 1
        return


def _cut_off_a_training(snakemake: subprocess.Popen[bytes], workflow: Workflow, outcome: Outcome) -> None:
    """Kill one behind its checkpoint, with the shell around it: the job of a shell that is killed alone goes on."""
    while snakemake.poll() is None:
        for kept in workflow.results.rglob(".checkpoints/*.safetensors"):
            trained = kept.parent.parent / kept.name
            running = [job for job in _jobs(snakemake.pid) if f"{trained.parent.name}/{trained.name}" in _command(job)]
            if [job for job in running if _kill(job)]:
                outcome.kills["job"] += 1
                time.sleep(0.5)  # in which the fork server ends the process that did the work
                outcome.cut_off = kept.exists() and not trained.exists()
                return
        time.sleep(0.02)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _jobs(session: int) -> list[psutil.Process]:
    """Running commands of scripts/stage.py, and the shells around them, that a Snakemake of this session started."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = os.getsid(process.pid) == session and process.pid != session
            if ours and f"{ROOT}/scripts/" in _command(process):
                found.append(process)
        except ProcessLookupError:
            continue
    return found


def _kill(process: psutil.Process) -> bool:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True


def _wait_for_orphans(session: int) -> None:
    until = time.monotonic() + PATIENCE
    while [job for job in _jobs(session) if job.status() != psutil.STATUS_ZOMBIE]:
        assert time.monotonic() < until, "a job whose Snakemake was killed does not end"
        time.sleep(0.1)


def _differences(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    return [name for name in sorted(expected | found) if expected.get(name) != found.get(name)]


def main() -> int:
    """The long form."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100, help="at least so many")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest-wait", type=float, default=8.0, help="seconds between two kills of one run")
    parser.add_argument("--folder", type=Path, help="an empty one, which stays; by default one that is removed")
    arguments = parser.parse_args()
    begun = time.monotonic()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="torture-"))
    outcome = torture(folder, kills=arguments.kills, seed=arguments.seed, longest_wait=arguments.longest_wait)
    print(f"{outcome.kills.total()} kills in {outcome.rounds} runs: {dict(outcome.kills)}")
    print(f"trainings resumed from a checkpoint: {outcome.resumed}; jobs taken from the store at the end:", end=" ")
    print(f"{outcome.from_store}; {time.monotonic() - begun:.0f} s")
    for what in ("different", "litter", "broken_objects"):
        print(f"{what}: {', '.join(getattr(outcome, what)) or 'none'}")
    if outcome.passed and arguments.folder is None:
        shutil.rmtree(folder)
    elif not outcome.passed:
        print(f"all is left in {folder}")
    return 0 if outcome.passed and outcome.resumed else 1


if __name__ == "__main__":
    sys.exit(main())
