"""Every key of an experiment at boundary values, and what config accepts is run: it ends, or stops with a sentence.

    python tests/unit/config/totality_runs.py --experiments collapse --values 6

The experiments are those of the smoke scale, each alone, with all that is made of it. Every value is tried in a process
of its own, whose jobs take from a common store what the value leaves as it is. test_config_totality.py plans what is
run here; ``make torture`` runs it.

Run so on 2026-12-01, with ``--values 1``: all 70 keys of rejection (47 refused, 16 ended, 6 stopped, and one met a
file that plans look for since), and those of collapse up to models.gpt2.training.optimizer.muon_learning_rate.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1])]

from stage_workflow import ROOT, Workflow, recipes_of  # noqa: E402
from test_config_totality import Location, _keys, _set, boundary_values  # noqa: E402

from uncollapse.config.files import read  # noqa: E402
from uncollapse.config.load import load  # noqa: E402
from uncollapse.config.settings import Settings  # noqa: E402
from uncollapse.errors import ConfigError, UncollapseError  # noqa: E402
from uncollapse.jobs.stage import Stage  # noqa: E402
from uncollapse.jobs.store import Store  # noqa: E402
from uncollapse.planning.places import Places  # noqa: E402
from uncollapse.planning.plan import Plan  # noqa: E402

REFUSED, ENDED, STOPPED, TRACEBACK, ENDLESS = "refused", "ended", "stopped", "traceback", "endless"
LARGEST = 10**6  # a count that is accepted beyond it asks for work that no run here would end
MEMORY = 12 * 2**30  # bytes of addresses of one process


class Stored(Workflow):
    """Takes from a store what others have made before."""

    def __init__(self, plan: Plan, store: Store) -> None:
        super().__init__(plan)
        self.store = store

    def run(self, stage: Stage) -> None:
        stage.run(lambda job: import_module(job.body).run(job), self.store)


def config_of(name: str) -> dict[str, Any]:
    """The smoke scale with one experiment, and all that is made of it, with every default written out."""
    settings = read(ROOT / "config.yaml", [ROOT / "scales/smoke.yaml"])
    whole = settings.model_dump(mode="json", exclude_unset=True) | {"theory": None}
    for kind in ("tables", "figures", "claims"):
        whole[kind] = {product: about for product, about in whole[kind].items() if about["experiment"] == name}
    whole["experiments"] = {name: whole["experiments"][name]}
    return whole


def tried(name: str, values: int, first: int) -> Iterator[tuple[Location, Any]]:
    """Keys of an experiment with the values to try, which take turns from key to key."""
    block = read(ROOT / "config.yaml", [ROOT / "scales/smoke.yaml"]).experiments[name]
    for turn, (location, value) in enumerate(_keys(block, set())):
        every = boundary_values(value)
        for place in range(values):
            chosen = every[(2 * turn + place + first) % len(every)]
            if not (isinstance(chosen, int) and chosen > LARGEST):
                yield location, chosen


def run_all(config: dict[str, Any], folder: Path, store: Path) -> None:
    """Everything that the report is made of, in a folder of its own."""
    os.chdir(ROOT)
    settings: Settings = load(config | {"results": str(folder / "results"), "store": str(store)})
    workflow = Stored(Plan(settings), Store(store))
    recipes, places = recipes_of(workflow.plan), Places(settings)
    if faults := [words for recipe in recipes.values() for words in places.faults(recipe)]:
        raise ConfigError("\n".join(faults))
    for path in recipes:
        workflow.make(path)


def import_bodies(config: dict[str, Any]) -> None:
    """Import what jobs run, so that no process after this one has to."""
    plan = Plan(load(config))
    for recipe in recipes_of(plan).values():
        import_module(recipe.body)
    for heavy in ("matplotlib.pyplot", "sklearn.linear_model", "transformers.models.llama.modeling_llama"):
        import_module(heavy)


def outcome(config: dict[str, Any], location: Location, folder: Path, store: Path) -> tuple[str, str]:
    """What becomes of a config, and the sentence or the traceback that says why."""
    began = time.process_time()
    told = io.StringIO()
    try:
        with redirect_stdout(told), redirect_stderr(told):
            run_all(config, folder, store)
    except ConfigError as error:
        late = time.process_time() - began > 5
        named = not location or location[-1] in str(error)
        return (REFUSED if named and not late else STOPPED), str(error)
    except UncollapseError as error:
        return STOPPED, str(error)
    except BaseException:
        return TRACEBACK, traceback.format_exc()
    return ENDED, ""


def _child(pipe: Any, config: dict[str, Any], location: Location, folder: Path, store: Path) -> None:
    import torch

    torch.set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    pipe.send(outcome(config, location, folder, store))


def in_a_process(config: dict[str, Any], location: Location, store: Path, patience: float) -> tuple[str, str]:
    """The outcome of a config that is run in a process of its own, killed when it takes longer than ``patience``."""
    here, there = multiprocessing.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="totality-") as folder:
        process = multiprocessing.get_context("fork").Process(
            target=_child, args=(there, config, location, Path(folder), store)
        )
        process.start()
        there.close()
        try:
            found = here.recv() if here.poll(patience) else (ENDLESS, f"not at its end after {patience:.0f} s")
        except EOFError:
            found = (TRACEBACK, "the process died")
        process.kill()
        process.join()
    return found


def main() -> int:
    """Try every key, print what was not as it should be, and return 1 where there was any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = list(read(ROOT / "config.yaml", [ROOT / "scales/smoke.yaml"]).experiments)
    parser.add_argument("--experiments", nargs="+", choices=names, default=names)
    parser.add_argument("--values", type=int, default=1, help="of six, for each key")
    parser.add_argument("--first", type=int, default=0, help="which of the six comes first")
    parser.add_argument("--seconds", type=float, default=180.0, help="after which a run counts as endless")
    parser.add_argument("--keys", nargs="*", default=[], help="only keys whose names contain one of these")
    chosen = parser.parse_args()
    counts: Counter[str] = Counter()
    for name in chosen.experiments:
        config = config_of(name)
        block = load(config).experiments[name]
        given, whole = block.model_dump(mode="json", exclude_unset=True), block.model_dump(mode="json")
        import_bodies(config)
        with tempfile.TemporaryDirectory(prefix="totality-store-") as store:
            calm = in_a_process(config, (), Path(store), 20 * chosen.seconds)
            if calm[0] != ENDED:
                sys.exit(f"{name} as it is: {calm[0]}: {calm[1]}")
            for location, value in tried(name, chosen.values, chosen.first):
                key = ".".join(location)
                if chosen.keys and not any(part in key for part in chosen.keys):
                    continue
                changed = config | {"experiments": {name: _set(given, whole, location, copy.deepcopy(value))}}
                began = time.monotonic()
                found, why = in_a_process(changed, location, Path(store), chosen.seconds)
                counts[found] += 1
                if found != REFUSED:
                    line = {"key": f"{name}.{key}", "value": repr(value)[:60], "outcome": found}
                    print(json.dumps(line | {"seconds": round(time.monotonic() - began), "why": why}), flush=True)
    print(dict(counts), flush=True)
    return 1 if counts[TRACEBACK] + counts[ENDLESS] else 0


if __name__ == "__main__":
    sys.exit(main())
