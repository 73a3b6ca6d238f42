"""Regenerate the tables of a scale, the papers' by default, on one machine, without Snakemake and without a network.

    python scripts/paper_scale.py --minutes 9 --state state

It runs the very commands that Snakemake would, one after another or --jobs at a time, and stops when the time is up;
called again with the same folder it goes on: finished artifacts stay, a model goes on from its last checkpoint. Of
eigenvalues, Table 1 comes first, then one student after another, Table 2 before Table 4 before Table 3; of summaries,
first baselines and p*, then the models of one seed before those of the next. At the end of every slice, what is known
of each table is written to --measured (tidy CSV, and JSON with hardware, commit, overlays, settings, seconds and the
scale's note, which the report shows), and files in --state that are larger than --pieces MiB are cut in pieces, which
the next slice puts together again. The folder may travel to another machine between slices; name it by the same path
relative to the project there. Packages that texts and language models are read from are taken from the folder that
config's packages_folder names. --fast adds scales/paper_fast.yaml, another recipe that takes far fewer steps.
Experiments on sequences are run; all others where --experiments names them.

    python scripts/paper_scale.py --configfile scales/gpu.yaml --experiments summaries --jobs 6 --state state
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from uncollapse.config.files import read
from uncollapse.errors import ConfigError, UncollapseError
from uncollapse.jobs.command_line import positive, whole
from uncollapse.offline.commit import commit_of
from uncollapse.offline.machine import machine
from uncollapse.offline.pieces import join_pieces, split_large
from uncollapse.offline.without_snakemake import Jobs
from uncollapse.planning.plan import Plan

MEBIBYTE = 1 << 20
PROJECT = Path(__file__).resolve().parents[1]


def main() -> int:
    """0 where all is done, 3 where the time is up before, 2 on an error, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, required=True, help="folder of everything between slices")
    parser.add_argument(
        "--minutes", type=positive, default=float("inf"), help="stop after so long (default: when done)"
    )
    parser.add_argument(
        "--configfile", nargs="+", type=Path, default=None, help="overlays (default: scales/paper.yaml)"
    )
    parser.add_argument("--fast", action="store_true", help="large batches, Muon and other amounts of data")
    parser.add_argument("--experiments", nargs="+", help="of the config (default: those on sequences)")
    parser.add_argument(
        "--jobs", type=whole(1), default=1, help="side by side (default: 1); models on one GPU share it"
    )
    parser.add_argument("--measured", type=Path, default=None, help="folder of the tables (default: STATE/measured)")
    parser.add_argument("--pieces", type=positive, default=60, metavar="MIB", help="largest file left in --state")
    parser.add_argument("--threads", type=whole(1), help="of each job (default: the cores, shared out among --jobs)")
    arguments = parser.parse_args()
    if arguments.state.exists() and not arguments.state.is_dir():
        parser.error(f"--state {arguments.state}: is no folder")
    threads = arguments.threads or max(1, (os.cpu_count() or 1) // arguments.jobs)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside (SIGTERM)"))
    deadline = time.monotonic() + 60 * arguments.minutes
    overlays = arguments.configfile or [PROJECT / "scales/paper.yaml"]
    overlays += [PROJECT / "scales/paper_fast.yaml"] if arguments.fast else []
    state = arguments.state
    log = state / "seconds.json"
    measured = arguments.measured or state / "measured"
    try:
        settings = read(PROJECT / "config.yaml", overlays, [f"results={state}/results"], option="--state")
        plan = Plan(settings, overlays=[str(file) for file in overlays])
        join_pieces(state) if state.is_dir() else state.mkdir(parents=True)
        jobs = Jobs(plan, seconds=json.loads(log.read_text()) if log.exists() else {})
        done = False
        try:
            wanted = targets(plan, chosen(plan, arguments.experiments))
            done = jobs.run(wanted, deadline=deadline, threads=threads, at_once=arguments.jobs)
        finally:
            log.write_text(json.dumps(jobs.seconds, indent=1, sort_keys=True) + "\n")
            export(plan, measured, seconds=jobs.seconds)
            split_large(state, limit=int(arguments.pieces * MEBIBYTE))
    except UncollapseError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"interrupted: the same command goes on from {state}", file=sys.stderr)
        return 130
    ended = "all done" if done else f"the time is up: the same command goes on from {state}"
    print(f"{ended}; tables so far are in {measured}", file=sys.stderr)
    return 0 if done else 3


def chosen(plan: Plan, names: list[str] | None) -> list[str]:
    """The experiments named; without names, those on sequences that have tables.

    Raises
    ------
    ConfigError
        For a name that the config does not have.
    """
    known = {name: experiment.kind for name, experiment in plan.settings.experiments.items()}
    for name in names or []:
        if name not in known:
            raise ConfigError(f"--experiments {name}: config has no such experiment; there are: {', '.join(known)}")
    with_tables = set(plan.products.of_kind("tables").values())
    return names or [name for name in known if known[name] == "sequence" and name in with_tables]


def targets(plan: Plan, experiments: Iterable[str]) -> Iterator[str]:
    """Files that the experiments' tables are made from, in the order of their worth as their kind declares it.

    The first seed of everything comes before the second: the generator (Table 1), students (Table 2), fine-tuned models
    (Table 4), other groups (Table 3). Where a kind declares none, they come as the tables name them.
    """
    for name in experiments:
        kind, block = plan.kind_of(name), plan.block(name)
        if kind.worth is not None:
            yield from plan.paths(name, list(kind.worth(block)))
            continue
        for table, made_of in plan.products.of_kind("tables").items():
            if made_of == name:
                recipe = plan.recipe("make_table", table=table)
                yield from (path for frame in recipe.spec["frames"] for path in recipe.inputs.get(frame, []))


def export(plan: Plan, folder: Path, *, seconds: dict[str, float]) -> None:
    """Write what is known of every table, and how it was measured."""
    from uncollapse.offline.measured import rows_so_far

    for name, experiment in plan.products.of_kind("tables").items():
        rows = rows_so_far(plan, name)
        if rows.empty:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        rows.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        settings = plan.block(experiment).model_dump(mode="json")
        about = {
            "machine": machine(),
            "commit": commit_of(PROJECT),
            "scale": plan.settings.scale,
            "note": plan.settings.note,
        }
        about |= {"overlays": plan.overlays, "settings": settings}
        about["seconds"] = seconds
        (folder / f"{name}.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    sys.exit(main())
