"""Keep a finished experiment of a scale in the checkout, so that every report shows it beside its own run.

    snakemake --cores 2 --configfile scales/evidence.yaml -- eigenvalues
    python scripts/keep_measured.py eigenvalues --configfile scales/evidence.yaml --machine "two CPU cores"

writes its tables and verdicts to workflow/measured/SCALE/EXPERIMENT/, with how they were measured, to be committed. It
refuses what is unfinished, out of date, or made by code that is in no commit. Overlays from outside the checkout may be
given too; what they say is kept with the rest.
"""

import argparse
import os
import sys
from pathlib import Path

import yaml

from uncollapse.artifacts.measured_parts import FOLDER
from uncollapse.config.files import read
from uncollapse.errors import UncollapseError
from uncollapse.jobs.store import Store
from uncollapse.offline.commit import clean_commit, tracked
from uncollapse.offline.keep import Told, keep
from uncollapse.offline.machine import machine_in_words
from uncollapse.planning.plan import Plan
from uncollapse.reruns.why import Why
from uncollapse.settings.checkout import PROJECT


def main() -> int:
    """0 where the experiment is kept, 2 where it cannot be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiment", help="of the config; theory for the simulations")
    parser.add_argument("--configfile", nargs="+", type=Path, default=[], help="overlays, as given to snakemake")
    parser.add_argument("--config", nargs="+", default=[], metavar="KEY=VALUE", help="as given to snakemake")
    parser.add_argument("--machine", default=machine_in_words(), help="where it ran, in words (default: %(default)s)")
    parser.add_argument("--note", help="for readers of the report (default: the scale's own note)")
    parser.add_argument("--into", type=Path, default=PROJECT / FOLDER, help="folder (default: that of this checkout)")
    arguments = parser.parse_args()
    try:
        plan = Plan(
            read(PROJECT / "config.yaml", arguments.configfile, arguments.config),
            overlays=[*map(os.path.relpath, arguments.configfile)],
        )
        own = [file for file in arguments.configfile if tracked(PROJECT, file)]
        further = {file.name: yaml.safe_load(file.read_bytes()) for file in arguments.configfile if file not in own}
        told = Told(
            commit=clean_commit(PROJECT, but=f"{FOLDER}/*/**"),
            machine=arguments.machine,
            note=plan.settings.note if arguments.note is None else arguments.note,
            overlays=[os.path.relpath(file, PROJECT) for file in own],
            further=further | ({"--config": arguments.config} if arguments.config else {}),
        )
        part = keep(Why(plan, Store(Path(plan.settings.store))), arguments.experiment, told, arguments.into)
    except UncollapseError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{os.path.relpath(part.folder)}: {len(part.tables)} tables and the verdicts; commit this folder")
    return 0


if __name__ == "__main__":
    sys.exit(main())
