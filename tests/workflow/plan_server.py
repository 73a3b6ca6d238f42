"""Plan the workflow again and again in one process, which saves the start of Snakemake; run in a checkout's folder.

Reads one JSON object a line, with keys configfiles, config and forceall, and answers with one line: the jobs that
would run, each with its rule, inputs, outputs, code and spec, and Snakemake's reason. With a key outputs instead of
forceall: the code of the job that makes each of these files, without Snakemake, which takes most of the time.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml
from snakemake.api import SnakemakeApi
from snakemake.settings.enums import Quietness
from snakemake.settings.types import (
    ConfigSettings,
    DAGSettings,
    OutputSettings,
    RerunTrigger,
    ResourceSettings,
)

PROFILE = yaml.safe_load(Path("profiles/default/config.yaml").read_text())
SETTINGS = {
    "rerun_triggers": RerunTrigger.parse_choices_set(PROFILE["rerun-triggers"]),
    "max_checksum_file_size": int(PROFILE["max-checksum-file-size"].removesuffix("GB")) * 10**9,
    "force_incomplete": PROFILE["rerun-incomplete"],
}


def plan(*, configfiles: list[str], config: dict[str, Any], forceall: bool) -> list[dict[str, Any]]:
    """The jobs that would run."""
    with SnakemakeApi(OutputSettings(dryrun=True, quiet={Quietness.ALL})) as api:
        read = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(config=config, configfiles=[Path(file) for file in configfiles]),
            snakefile=Path("Snakefile"),
        )
        read.dag(DAGSettings(forceall=forceall, **SETTINGS))
        workflow = read._workflow
        workflow._prepare_dag(forceall=forceall, ignore_incomplete=True, lock_warn_only=True)
        workflow._build_dag()
        dag = workflow.dag
        return [
            {
                "rule": job.rule.name,
                "inputs": list(map(str, job.input)),
                "outputs": list(map(str, job.output)),
                "runs": json.dumps([job.params.code, job.params.get("spec")]),
                "reason": str(dag.reason(job)),
            }
            for job in dag.needrun_jobs()
            if job.output
        ]


def codes(*, configfiles: list[str], config: dict[str, Any], outputs: list[str]) -> dict[str, list[str]]:
    """The code of the jobs that make these files, as a new plan has it; the workflow was planned before."""
    from uncollapse.config.files import read  # which the Snakefile loads from this checkout
    from uncollapse.planning.plan import Plan

    values = [f"{key}={value}" for key, value in config.items()]
    plan = Plan(read(Path("config.yaml"), list(map(Path, configfiles)), values))
    return {path: plan.recipe_of(path).code for path in outputs}


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Snakemake prints is not ours
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps((codes if "outputs" in request else plan)(**request)), file=answers, flush=True)
