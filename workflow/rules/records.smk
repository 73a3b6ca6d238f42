"""Artifacts that Snakemake's own records say too little about.

It compares an input's content only where the input is newer than the output; and .snakemake/ may have been deleted,
results/ copied, or written by another checkout since. What is written beside an artifact then decides: made otherwise
than it would be made now, or from other content, it is made again (or taken from the store).
"""

import logging
import time
from base64 import urlsafe_b64encode
from functools import cache

from uncollapse.config.texts import texts_of
from uncollapse.jobs.fork_server.start import start as start_fork_server
from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import Store
from uncollapse.reruns.failures import MissingInputs, NearestTargets, ShortCommands
from uncollapse.reruns.from_store import take_from_store
from uncollapse.reruns.outdated import ContentHashes, force, judge
from uncollapse.reruns.read_only import allow_read_only
from uncollapse.reruns.shortcuts import lift_rate_limit, take_shortcuts

STAGES = {workflow.modifier.modify_rulename(name): name for name in PLAN.rules}  # by what a rule of ours is called

take_shortcuts(workflow, STAGES)

# told of a target that nothing makes: rules without wildcards, which are targets, and files of the report
logging.getLogger("snakemake.logging").addFilter(
    NearestTargets(
        lambda: [
            *(rule.name for rule in workflow.rules if not rule.has_wildcards()),
            *(path for kind in ("tables", "figures") for path in PLAN.products.paths(kind)),
            *PLAN.report.parts(),
        ]
    )
)

# told of a file that the config names and that is not there
logging.getLogger("snakemake.logging").addFilter(MissingInputs(lambda: texts_of(PLAN.settings)))

HASHES = Path(".snakemake/content_hashes.json")

allow_read_only(STAGES)


def recorded_at(path):
    """Time at which Snakemake last recorded how a file was made; 0.0 where it has no record."""
    try:
        return os.stat(f".snakemake/metadata/{urlsafe_b64encode(path.encode()).decode()}").st_mtime
    except OSError:
        return 0.0


def force_outdated():
    """Have Snakemake run the jobs of outdated artifacts, as far as its targets need them."""
    content = ContentHashes(HASHES)
    judged = judge(PLAN, recorded_at, content.of)
    content.save()
    judged.renew(time.time())
    try:
        force(workflow.dag, judged.outdated)
    except UncollapseError as error:
        raise WorkflowError(str(error)) from None


def stage_of(job):
    """The stage of a job, as its command would be told; None for a job of another workflow's rule."""
    if job.rule.name not in STAGES:
        return None
    recipe = PLAN.recipe(STAGES[job.rule.name], **dict(job.wildcards.items()))
    return Stage(
        body=recipe.body,
        spec=recipe.spec,
        code=recipe.code,
        inputs={name: [Path(path) for path in paths] for name, paths in named(job.input)},
        outputs={name: Path(path) for name, (path,) in named(job.output)},
    )


@cache
def prepare():
    """Do what is to be done once, when the jobs are known, before it is decided which of them run."""
    if workflow.is_main_process:  # a job on a cluster makes what it is told to
        take_from_store(workflow, Store(Path(PLAN.settings.store)), stage_of, lambda: ContentHashes(HASHES).of)
        force_outdated()
        lift_rate_limit(workflow)
        logging.getLogger("snakemake.logging").addFilter(ShortCommands())
        start_fork_server(workflow)
