"""Snakemake that asks Slurm for its jobs' states every second.

The plugin waits ten seconds longer after each look at which nothing had ended, which spares a real cluster's controller
and makes a test of short jobs take minutes, the more the busier the machine is; no option of it says otherwise.
"""

import sys

from snakemake.cli import main
from snakemake_executor_plugin_slurm import Executor

Executor.next_seconds_between_status_checks = property(lambda _: 1, lambda *_: None)

if __name__ == "__main__":
    main(sys.argv[1:])
