"""The ground of all rules: the typed config, the plan made of it, and the environment of every command."""

import atexit
import gc
import os
import re
import shlex
from functools import partial
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.settings.types import DeploymentMethod

# a plan makes many objects and drops few, so that looking for those is a tenth of its time
gc.freeze()
gc.set_threshold(100_000, 20, 100)
atexit.register(gc.freeze)  # nor is it taken apart at the end, object by object

from uncollapse.config.load import load as load_config
from uncollapse.errors import UncollapseError
from uncollapse.jobs.long_arguments import Shortened
from uncollapse.planning.described import described
from uncollapse.planning.environment import check_image, image, variables
from uncollapse.planning.places import Places
from uncollapse.planning.plan import SCRIPT, Plan
from uncollapse.reruns.failures import MistakenPath, NoSuchFile

STAGE = shlex.quote(str(CHECKOUT / SCRIPT))

# Snakemake lists the files of --configfile before config.yaml, which they are merged over, and all of them in cluster jobs
OVERLAYS = [os.path.relpath(file) for file in workflow.configfiles if os.path.relpath(file) != "config.yaml"]

try:
    PLAN = Plan(load_config(config, ["config.yaml", *OVERLAYS]), overlays=OVERLAYS)
    IN_IMAGE = DeploymentMethod.APPTAINER in workflow.deployment_settings.deployment_method
    if IN_IMAGE:
        check_image(PLAN.settings.software.container, CHECKOUT)
except UncollapseError as error:
    raise WorkflowError(str(error)) from None

PLACES = Places(PLAN.settings)
R = PLAN.root


def made_by_others(path):
    """Whether a rule that is not of this workflow, of a Snakefile that includes it, makes a file."""
    return any(rule.is_producer(path) for rule in workflow.rules if rule.name not in PLAN.rules)


os.environ.update(variables(PLAN.settings, CHECKOUT, os.environ))

# what every stage runs in where --sdm asks for it; Snakemake records it of such runs alone
ENVIRONMENT = str(CHECKOUT / PLAN.settings.software.conda)
# also where no job runs in it Snakemake looks at an image's path, and refuses blanks
CONTAINER = image(PLAN.settings.software.container, CHECKOUT) if IN_IMAGE else None

# with placeholders, also for the script: Snakemake compares this text between runs, and a copied checkout lies elsewhere;
# as a parameter, since a workflow that imports this one as a module has no variable of ours
COMMAND = "python {params.script} {params.body} {params.arguments} --threads {threads} --log {log}"

# what Snakemake's own report shows: an output of a rule, under which heading, and its caption
SHOWN = {
    "make_table": ("markdown", "tables", "table.rst"),
    "draw_figure": ("svg", "figures", "figure.rst"),
    "write_report": ("page", "report", "page.rst"),
}

# what a rule named after a stage does, as functions of its wildcards; each returns a closure, so that rules made in a
# loop keep their own name


def reads(rule):
    """Input function: the files of a job by name; those that nobody makes are in no storage of a cluster's."""

    def of(wildcards):
        prepare()
        names = dict(wildcards.items())
        try:
            recipe = PLAN.recipe(rule, **names)
        except KeyError as error:
            path = next(iter(PLAN.rules[rule][0].makes.values())).template.format(**names)
            raise NoSuchFile(f"{R}/{path}") from error
        if faults := PLACES.faults(recipe, made=made_by_others):
            raise MistakenPath("\n".join(faults))
        found = {
            name: [local(path) if path in recipe.outside else path for path in paths]
            for name, paths in recipe.inputs.items()
        }
        # Snakemake makes a list of lists, and a file of a file
        return {name: paths if len(paths) > 1 else paths[0] for name, paths in found.items()}

    return of


def named(files):
    """Name and paths of each input or output of a job."""
    for name in files.keys():
        paths = getattr(files, name)
        yield name, [paths] if isinstance(paths, str) else list(paths)


def parameters(rule):
    """Params of a rule: the code that a job runs, its slice of config, and what Snakemake does not compare between runs.

    Functions of inputs and outputs are not compared; ``code`` holds the body, and ``arguments`` tells it all the rest.
    """

    folder = Path(R)

    def of(wildcards):
        return PLAN.recipe(rule, **dict(wildcards.items()))

    def arguments(wildcards, input, output):
        recipe = of(wildcards)
        # files of a storage lie elsewhere; all others are kept by the recipe, and need not be until the job runs
        planned = [path for paths in recipe.inputs.values() for path in paths] + [*recipe.outputs.values()]
        elsewhere = None if [*input, *output] == planned else (dict(named(input)), dict(named(output)))
        return Shortened(partial(words, recipe, elsewhere), folder)

    def words(recipe, elsewhere):
        inputs, outputs = elsewhere or (recipe.inputs, {name: [path] for name, path in recipe.outputs.items()})
        told = ["--spec", recipe.text, "--code", *recipe.code]
        for name, (first, *others) in inputs.items():
            told += ["--input", f"{name}={first}", *others]
        return told + [f"--output={name}={path}" for name, (path,) in outputs.items()]

    return {
        "script": lambda wildcards, input: STAGE,
        "body": lambda wildcards, input: of(wildcards).body,
        "code": lambda wildcards: of(wildcards).code,
        "spec": lambda wildcards: of(wildcards).text,
        "arguments": arguments,
    }


def memory(rule):
    """Resources function: MiB of a job, twice as much for each further attempt."""
    return lambda wildcards, attempt: _stage(rule, wildcards).memory * 2 ** (attempt - 1)


def minutes(rule):
    """Resources function: time limit of a job."""
    return lambda wildcards: _stage(rule, wildcards).minutes


def priority(rule):
    """Priority: a number, or a function for what stages make of the names that they ask for."""
    stages = PLAN.rules[rule]
    if len({stage.priority for stage in stages}) == 1 and not callable(stages[0].priority):
        return stages[0].priority

    def of(wildcards):
        stage = _stage(rule, wildcards)
        if not callable(stage.priority):
            return stage.priority
        return stage.priority(**{name: text for name, text in wildcards.items() if name != "experiment"})

    return of


def _stage(rule, wildcards):
    return PLAN.stage(rule, wildcards.get("experiment"))


def constraints(rule):
    """Wildcard constraints: how names are spelled, which kinds of experiments have the stage, what a variant is for."""
    found = dict(PLAN.rules[rule][0].names)
    if "experiment" in found:
        having = [name for name, kind, block in PLAN.blocks() if rule in kind.stages]
        found["experiment"] = one_of(having)
    return found | {name: one_of(values) for name, values in PLAN.only(rule).items()}


def made(rule):
    """Output files of a rule by name, with its wildcards in braces, marked where Snakemake's own report shows them."""
    found = {name: f"{R}/{artifact.template}" for name, artifact in PLAN.rules[rule][0].makes.items()}
    shown, category, caption = SHOWN.get(rule, ("", "", ""))
    return {
        name: report(path, category=category, caption=f"../report/{caption}") if name == shown else path
        for name, path in found.items()
    }


def one_of(names):
    """Regular expression of a wildcard that is one of these; without any, it matches nothing."""
    return "|".join(map(re.escape, sorted(names))) or "(?!)"


def tell(rule, words):
    """Say what a rule is, as Snakemake lists it; one that another workflow imports has a name of that workflow's."""
    name = workflow.modifier.modify_rulename(rule)
    if workflow.is_rule(name):
        workflow.get_rule(name).docstring = words
