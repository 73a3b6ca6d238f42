"""A copy of the project that tests may edit, run and plan."""

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from conftest import ROOT
from warm_python import SNAKEMAKE, jobs_forked, warm

COPIED = ("Snakefile", "config.yaml", "envs", "profiles", "scales", "scripts", "src", "workflow", "tests/workflow")
SCALE = ("scales/smoke.yaml", "tests/workflow/tiny.yaml", "tests/workflow/micro.yaml")
BESIDE = Path(__file__).parent


@dataclass(frozen=True)
class Job:
    """A job that would run; ``runs`` is its code and spec."""

    rule: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    runs: str
    reason: str


class Checkout:
    """A copy of the project in a folder, at the micro scale."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            source, target = ROOT / name, folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            else:
                shutil.copy(source, target)

    def copied_to(self, folder: Path) -> Self:
        """The checkout with its results and Snakemake's records, as ``cp -r`` copies it."""
        shutil.copytree(self.folder, folder, copy_function=shutil.copy)
        other = copy.copy(self)
        other.folder = folder
        return other

    def run(
        self,
        *targets: str,
        cores: int = 2,
        overlays: tuple[str, ...] = (),
        options: tuple[str, ...] = (),
        variables: Mapping[str, str] | None = None,
    ) -> str:
        """Run Snakemake to its end; what it printed."""
        settings = environment(variables)
        # those of a world of its own begin in it, and fork their jobs themselves
        words = [sys.executable, "-m", "snakemake"] if variables else warm(SNAKEMAKE, environment=settings)
        settings = settings if variables else jobs_forked(settings, self.folder)
        command = [*words, *targets, "--cores", str(cores), *options]
        done = subprocess.run(
            [*command, "--configfile", *SCALE, *overlays, "--config", "results=results"],
            cwd=self.folder,
            env=settings,
            capture_output=True,
            text=True,
            timeout=1800,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
        return done.stdout + done.stderr

    @contextmanager
    def edited(self, *names: str) -> Iterator[list[Path]]:
        """Files to edit, which get their content back afterwards."""
        paths = [self.folder / name for name in names]
        before = [path.read_bytes() for path in paths]
        try:
            yield paths
        finally:
            for path, content in zip(paths, before, strict=True):
                path.write_bytes(content)

    def artifacts(self) -> dict[str, Path]:
        """All results by name, without what is said about them."""
        results = self.folder / "results"
        hidden = (".store", ".provenance", ".checkpoints", ".arguments", "logs")
        files = (path.relative_to(results) for path in results.rglob("*") if path.is_file())
        return {str(name): results / name for name in files if not any(part in hidden for part in name.parts)}


class Planner:
    """Says what Snakemake would run in a checkout, in half a second."""

    def __init__(self, checkout: Checkout, variables: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(checkout.folder / "tests/workflow/plan_server.py")],
            cwd=checkout.folder,
            env=environment(variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def plan(self, *overlays: str, forceall: bool = False) -> list[Job]:
        """The jobs that would run; all of them where forced."""
        found = self._answer(overlays, forceall=forceall)
        jobs = [{key: tuple(v) if isinstance(v, list) else v for key, v in job.items()} for job in found]
        return sorted((Job(**job) for job in jobs), key=lambda job: job.outputs)

    def codes(self, outputs: Iterable[str]) -> dict[str, list[str]]:
        """The code of the job that makes each file, in a tenth of the time; a plan was asked for before."""
        return self._answer((), outputs=list(outputs))

    def _answer(self, overlays: tuple[str, ...], **asked: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"configfiles": [*SCALE, *overlays], "config": {"results": "results"}, **asked}
        print(json.dumps(request), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, "planning failed"
        return json.loads(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # it holds nothing that must be written, and a large graph of jobs takes long to take down
        self._process.communicate()


def changed(planned: list[Job], all_jobs: list[Job]) -> set[str]:
    """First outputs of planned jobs whose code or config is another, rather than only their inputs."""
    before = {job.outputs[0]: job.runs for job in all_jobs}
    return {job.outputs[0] for job in planned if job.runs != before[job.outputs[0]]}


def descendants(all_jobs: list[Job], first: set[str]) -> set[str]:
    """First outputs of those jobs and of every job that hangs on them."""
    found = {job for job in all_jobs if job.outputs[0] in first}
    while True:
        made = {output for job in found for output in job.outputs}
        more = {job for job in all_jobs if job not in found and made & set(job.inputs)}
        if not more:
            return {job.outputs[0] for job in found}
        found |= more


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Of a command in a checkout."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    # the checkout's own library, and no other
    return {**os.environ, "OMP_NUM_THREADS": "1", "PATH": path, "PYTHONPATH": "", **(more or {})}
