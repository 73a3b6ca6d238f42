"""The same bytes on one core and on two, in one shard and in seven, forked and not, and in another world.

And no import unseen.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from checkout import SCALE, Checkout

from conftest import ROOT
from uncollapse.config.files import read
from uncollapse.planning.plan import Plan

pytestmark = pytest.mark.workflow

# run by Python itself at its start: writes down what a command was told it runs, and which modules it really loaded; to
# jobs it is ten years later
RECORDER = """
import atexit, json, os, sys, time

if any(argument.endswith("scripts/stage.py") for argument in sys.orig_argv):
    now = time.time
    time.time = lambda: now() + 10 * 365 * 86400.0


def record():
    loaded = sorted(name for name in sys.modules if name.split(".")[0] == "uncollapse")
    with open(os.path.join(os.environ["RECORDS"], f"{os.getpid()}.json"), "w") as file:
        json.dump({"command": sys.argv, "loaded": loaded}, file)


if "RECORDS" in os.environ:
    atexit.register(record)
"""


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment under which every Python process leaves a record."""
    folder = tmp_path_factory.mktemp("recorder")
    (folder / "sitecustomize.py").write_text(RECORDER)
    (folder / "records").mkdir()
    return {"PYTHONPATH": str(folder), "RECORDS": str(folder / "records")}


@pytest.fixture(scope="module")
def one_core(tmp_path_factory: pytest.TempPathFactory, recorder: dict[str, str]) -> Checkout:
    """A complete run, recorded, on one core and in one shard, each job an interpreter of its own."""
    made = Checkout(tmp_path_factory.mktemp("one_core"))
    made.run(cores=1, overlays=(_shards(made, 1),), variables=recorder | {"UNCOLLAPSE_FORK_SERVER": "0"})
    return made


@pytest.fixture(scope="module")
def two_cores(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Another, with a store of its own, on two cores and in seven shards, in another world; arguments come in files."""
    made = Checkout(tmp_path_factory.mktemp("two_cores"))
    world = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    made.run(cores=2, overlays=(_shards(made, 7),), variables=world | {"UNCOLLAPSE_LONGEST_COMMAND": "10"})
    assert (made.folder / "results/.arguments").is_dir()
    assert not list(made.folder.glob("results/.arguments/*.json"))  # each job removes its own
    return made


def _shards(checkout: Checkout, number: int) -> str:
    path = checkout.folder / "shards.yaml"
    path.write_text(f"experiments: {{eigenvalues: {{shards: {number}}}}}\n")
    return path.name


def test_cores_shards_forks_and_time_leave_the_same_bytes(one_core: Checkout, two_cores: Checkout) -> None:
    first, second = one_core.artifacts(), two_cores.artifacts()
    sharded = re.compile(r"\.synthesize\..*\dof\d\.parquet$")
    common = sorted(name for name in first if not sharded.search(name))
    assert common == sorted(name for name in second if not sharded.search(name))
    assert len(common) > 35
    different = [name for name in common if first[name].read_bytes() != second[name].read_bytes()]
    # reports list every shard with its rows, and are the only ones that may
    assert all(re.fullmatch(r"report(\.\w+)?\.html", name) for name in different), different


def _mistaken(record: dict[str, Any]) -> set[str]:
    """Modules that a job loaded and its code does not name, or names and it did not load."""
    declared = {entry.partition("@")[0] for entry in record["command"] if "@" in entry} - {"scripts/stage.py"}
    return set(record["loaded"]) ^ declared


# kinds that this scale leaves out, whose stages test_text_stages.py, test_pretraining_stages.py, test_rounds_stages.py,
# test_generations_stages.py and test_rejection_sampling.py below tests/unit/experiments/ check in the same way
ELSEWHERE = {"text", "pretraining", "rounds", "generations", "rejection_sampling", "sources"}


def _planned(checkout: Checkout) -> set[str]:
    """The bodies that make the report of the checkout's scale, those of its parts, and all that they are made from."""
    files = [checkout.folder / name for name in (*SCALE, "shards.yaml")]
    plan = Plan(read(checkout.folder / "config.yaml", files, ["results=results"]))
    jobs, seen = [plan.recipe("write_report"), *map(plan.recipe_of, plan.report.parts())], set()
    for job in jobs:
        new = {path for paths in job.inputs.values() for path in paths} - seen
        seen |= new
        jobs += filter(None, map(plan.recipe_of, sorted(new)))
    return {job.body for job in jobs}


def test_every_stage_loads_what_its_code_names_and_nothing_else(one_core: Checkout, recorder: dict[str, str]) -> None:
    records = [json.loads(path.read_text()) for path in Path(recorder["RECORDS"]).glob("*.json")]
    jobs = [record for record in records if "--code" in record["command"]]
    bodies = {record["command"][1] for record in jobs}
    assert bodies == _planned(one_core)
    declared = {stage.body for stages in Plan(read(ROOT / "config.yaml")).rules.values() for stage in stages}
    assert {body.split(".")[2] for body in declared - bodies} == ELSEWHERE
    assert {record["command"][1]: _mistaken(record) for record in jobs if _mistaken(record)} == {}


def test_a_dynamic_import_and_a_module_that_is_not_loaded_are_seen_by_the_recorder(
    recorder: dict[str, str], tmp_path: Path
) -> None:
    """Otherwise the test above could not fail."""
    script = tmp_path / "stage.py"
    script.write_text(
        "import importlib\nimport uncollapse.errors\nimportlib.import_module('uncollapse.randomness.hashing')\n"
    )
    (tmp_path / "records").mkdir()
    library = str(Path(__file__).parents[2] / "src")
    environment = {"PYTHONPATH": f"{recorder['PYTHONPATH']}:{library}", "RECORDS": str(tmp_path / "records")}
    command = [sys.executable, str(script), "--code", "uncollapse@1", "uncollapse.errors@1", "uncollapse.jobs@1"]
    subprocess.run(command, env=environment, check=True)
    (record,) = [json.loads(path.read_text()) for path in (tmp_path / "records").glob("*.json")]
    assert _mistaken(record) == {"uncollapse.randomness", "uncollapse.randomness.hashing", "uncollapse.jobs"}
