"""The library of this checkout, and config.yaml in words where Snakemake's own would not name it."""

import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

# of this file, whichever Snakefile includes it or imports it as a module
CHECKOUT = Path(str(workflow.current_basedir)).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT / "src"))

from uncollapse.settings.readable import unreadable

# a workflow that imports this one brings a config of its own, and overlays may hold all of it
if not workflow.modifier.skip_configfile:
    if os.path.exists("config.yaml"):
        problem = unreadable("config.yaml")
    else:
        fix = f"run snakemake in {CHECKOUT}, or copy its config.yaml"
        problem = None if workflow.overwrite_configfiles else f"config.yaml: not in {Path.cwd()}; {fix}"
    if problem:
        raise WorkflowError(problem)
