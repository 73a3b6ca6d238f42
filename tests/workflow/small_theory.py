"""A workflow of one job of a second, with results in a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

import yaml

from conftest import ROOT
from warm_python import SNAKEMAKE, jobs_forked, warm

TARGET = "out/theory/accumulation.parquet"


def write_config(folder: Path, **blocks: object) -> None:
    """The default's config with one small simulation for its theory, and further blocks."""
    small = {
        "dimensions": [1],
        "n_points": [10],
        "noise_variances": [1.0],
        "rounds": [1, 2],
        "row_trials": 2,
        "trials": 3,
    }
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config |= {"results": "out", "store": "out/.store"} | blocks
    config["theory"] = {"simulations": {"accumulation": small}}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Snakemake in the folder, with the programs that lie in its ``bin`` before all others."""
    path = os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path}
    command = [*warm(SNAKEMAKE, environment=environment), "--cores", "1", "-s", str(ROOT / "workflow/Snakefile")]
    environment = jobs_forked(environment, ROOT)
    return subprocess.run([*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
