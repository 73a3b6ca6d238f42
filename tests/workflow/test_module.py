"""The workflow as a module of another workflow, which names its own results and asks for a file of ours."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from warm_python import SNAKEMAKE, jobs_forked, warm

ROOT = Path(__file__).parents[2]
OTHER = """
import json

with open("ours.json") as file:
    ours = json.load(file)


module uncollapse:
    snakefile: {snakefile!r}
    config: ours


use rule * from uncollapse as uncollapse_*


rule mine:
    default_target: True
    input:
        "papers/theory/accumulation.parquet",
    output:
        "mine.txt",
    shell:
        "echo {{input}} > {{output}}"
"""


def test_another_workflow_imports_ours(tmp_path: Path) -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    small = {
        "dimensions": [1],
        "n_points": [10],
        "noise_variances": [1.0],
        "rounds": [1, 2],
        "row_trials": 2,
        "trials": 3,
    }
    config |= {"results": "papers", "store": "papers/.store"}
    config["theory"] = {"simulations": {"accumulation": small}}
    (tmp_path / "ours.json").write_text(json.dumps(config))
    (tmp_path / "Snakefile").write_text(OTHER.format(snakefile=str(ROOT / "workflow/Snakefile")))
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [*warm(SNAKEMAKE, environment=environment), "--cores", "1"],
        cwd=tmp_path,
        env=jobs_forked(environment, ROOT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "mine.txt").read_text() == "papers/theory/accumulation.parquet\n"
    assert pq.read_table(tmp_path / "papers/theory/accumulation.parquet").num_rows > 0
    assert not (tmp_path / "results").exists()
