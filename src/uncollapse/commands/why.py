"""Say from which code, config and data a result came, and what has changed since.

uncollapse why results/tables/feng2024_table2.parquet [--configfile scales/laptop.yaml]
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from uncollapse.commands.checkout import config_file
from uncollapse.config.files import read
from uncollapse.errors import UncollapseError
from uncollapse.jobs.command_line import Parser
from uncollapse.jobs.store import Store
from uncollapse.planning.plan import Plan
from uncollapse.reruns.why import Why, explain


def main(given: list[str] | None = None) -> int:
    """0 where the result is up to date, 1 where it is not, 2 on an error."""
    parser = Parser(prog="uncollapse why", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("artifact", help="a file under results/, as snakemake names it")
    parser.add_argument("--configfile", nargs="+", type=Path, default=[], help="overlays, as given to snakemake")
    parser.add_argument("--config", nargs="+", default=[], metavar="KEY=VALUE", help="as given to snakemake")
    arguments = parser.parse_args(given)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader such as head may stop early
    artifact = os.path.relpath(arguments.artifact)  # as snakemake names it, however it was typed
    try:
        settings = read(config_file(), arguments.configfile, arguments.config)
        overlays = [os.path.relpath(file) for file in arguments.configfile]
        why = Why(Plan(settings, overlays=overlays), Store(Path(settings.store)))
        print(explain(why, artifact))
        return 0 if why.answer(artifact).current else 1
    except UncollapseError as error:
        print(error, file=sys.stderr)
        return 2
