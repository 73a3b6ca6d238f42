"""Run the real workflow, as a user would, with results in a folder of the test's own."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from warm_python import SNAKEMAKE, jobs_forked, warm

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


def snakemake(*arguments: str, check: bool = True, child: bool = False) -> subprocess.CompletedProcess[str]:
    """Snakemake in the project's folder, its output returned as text; where asked for, as a child of this process."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    words = [sys.executable, "-m", "snakemake"] if child else warm(SNAKEMAKE, environment=environment)
    environment = environment if child else jobs_forked(environment, ROOT)
    command = [*words, "--cores", "2", "--nolock", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, timeout=1200)
    if check:
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    return done


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results folder of a complete run of the tiny scale, one for all tests that run side by side."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # which its workers share
    folder = base / "tiny"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            snakemake(*tiny_arguments(folder / "results"))
            (folder / "complete").touch()
    return folder / "results"


def tiny_arguments(results: Path, *overlays: str) -> list[str]:
    """Options that choose the tiny scale, a results folder, and a store beside it: nothing is taken from elsewhere."""
    files = [str(ROOT / name) for name in ("scales/smoke.yaml", "tests/workflow/tiny.yaml", *overlays)]
    return ["--configfile", *files, "--config", f"results={results}", f"store={results.parent}/store"]
