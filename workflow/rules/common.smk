"""What all rules share: the typed config, the plan made of it, and the environment of every command."""

import os
import shlex
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(Path(workflow.basedir) / "src"))

from uncollapse.config.load import load as load_config
from uncollapse.errors import UncollapseError
from uncollapse.model_names import Model
from uncollapse.planning import Plan

SCRIPTS = Path(workflow.basedir) / "scripts"

# Snakemake lists the files of --configfile before config.yaml, which they are merged over, and all of them in cluster jobs
OVERLAYS = [os.path.relpath(file) for file in workflow.configfiles if os.path.relpath(file) != "config.yaml"]

try:
    PLAN = Plan(load_config(config, ["config.yaml", *OVERLAYS]), scripts=SCRIPTS, overlays=OVERLAYS)
except UncollapseError as error:
    raise WorkflowError(str(error)) from None

R = PLAN.root

# commands run the interpreter that runs Snakemake (an activated --sdm environment still comes before it), one thread
# each unless a rule says otherwise: small models on many threads are slower than one job a core
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(Path(workflow.basedir) / "src"), os.environ.get("PYTHONPATH")])
)
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["UNCOLLAPSE_STORE"] = str(Path(PLAN.settings.store).absolute())


wildcard_constraints:
    experiment=r"[a-z][a-z0-9_]*",
    split=r"train|validation|test|synthesize",
    model=r"[a-z][a-z0-9_]*(-[a-z][a-z0-9_]*)?-seed\d+",
    decoding=r"[a-z][a-z0-9_]*",
    verifier=r"[a-z][a-z0-9_]*",
    dataset=r"[a-z][a-z0-9_]*",
    shard=r"\d+",
    shards=r"\d+",
    table=r"[a-z][a-z0-9_]*",
    figure=r"[a-z][a-z0-9_]*",
    group=r"[a-z][a-z0-9_]*",
    simulation=r"[a-z][a-z0-9_]*",


def code(stage):
    """Params function: the code a stage runs, with the plugins that its wildcards name."""

    def of(wildcards):
        experiment = getattr(wildcards, "experiment", None)
        verifier = getattr(wildcards, "verifier", None)
        return PLAN.code(stage, experiment, verifier=verifier)

    return of


def script(stage):
    """Params function: the command of a stage, by the experiment's kind; Snakemake does not compare it between runs."""

    def of(wildcards, input):
        return shlex.quote(str(SCRIPTS / f"{PLAN.script(stage, wildcards.experiment)}.py"))

    return of


def product(kind, wildcard):
    """Input function: the frames that a table, figure or group of claims needs; files of the checkout are local."""

    def of(wildcards):
        frames = PLAN.product_inputs(kind, getattr(wildcards, wildcard))
        checkout = PLAN.of_checkout("workflow")
        return {
            name: [local(path) if path.startswith(f"{checkout}/") else path for path in paths]
            for name, paths in frames.items()
        }

    return of


def inputs(wildcards, input):
    """Params function: all named inputs as arguments of a command; Snakemake does not compare it between runs."""
    arguments = []
    for name in input.keys():
        paths = getattr(input, name)
        first, *others = [paths] if isinstance(paths, str) else [*paths, ""][: max(1, len(paths))]
        arguments += ["--input", f"{name}={first}", *others]
    return shlex.join(arguments)


def one_of(names):
    """Regular expression of a wildcard that is one of these; without any, it matches nothing."""
    return "|".join(sorted(names)) or "(?!)"


def memory(mib):
    """Resources function: so much for the first attempt, twice as much for each further one."""
    return lambda wildcards, attempt: mib * 2 ** (attempt - 1)
