"""Artifacts that Snakemake's own records say too little about.

It compares an input's content only where the input is newer than the output; and .snakemake/ may have been deleted,
results/ copied, or written by another checkout since. What is written beside an artifact then decides: made otherwise
than it would be made now, or from other content, it is made again (or taken from the store).
"""

import logging
import time
from base64 import urlsafe_b64encode
from functools import cache

from uncollapse.jobs.fork_server.start import start as start_fork_server
from uncollapse.reruns.failures import ShortCommands
from uncollapse.reruns.outdated import ContentHashes, force, judge
from uncollapse.reruns.shortcuts import lift_rate_limit, take_shortcuts

take_shortcuts(workflow, PLAN.rules)


def recorded_at(path):
    """Time at which Snakemake last recorded how a file was made; 0.0 where it has no record."""
    try:
        return os.stat(f".snakemake/metadata/{urlsafe_b64encode(path.encode()).decode()}").st_mtime
    except OSError:
        return 0.0


def force_outdated():
    """Have Snakemake run the jobs of outdated artifacts, as far as its targets need them."""
    content = ContentHashes(Path(".snakemake/content_hashes.json"))
    judged = judge(PLAN, recorded_at, content.of)
    content.save()
    judged.renew(time.time())
    try:
        force(workflow.dag, judged.outdated)
    except UncollapseError as error:
        raise WorkflowError(str(error)) from None


@cache
def prepare():
    """Do what is to be done once, when the jobs are known, before it is decided which of them run."""
    if workflow.is_main_process:  # a job on a cluster makes what it is told to
        force_outdated()
        lift_rate_limit(workflow)
        logging.getLogger("snakemake.logging").addFilter(ShortCommands())
        start_fork_server(workflow)
