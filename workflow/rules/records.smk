"""Artifacts that Snakemake's own records say nothing about, or something older than what lies beside the artifact.

.snakemake/ may have been deleted, results/ copied, or written by another checkout since. What is written beside an
artifact then decides: made otherwise than it would be made now, it is made again (or taken from the store).
"""

from base64 import urlsafe_b64encode
from functools import cache

from uncollapse.outdated import outdated


def recorded_at(path):
    """When Snakemake last recorded how a file was made; 0.0 where it has no record."""
    try:
        return os.stat(f".snakemake/metadata/{urlsafe_b64encode(path.encode()).decode()}").st_mtime
    except OSError:
        return 0.0


@cache
def force_outdated():
    """Have Snakemake run the jobs of outdated artifacts, as far as its targets need them."""
    workflow.dag.forcefiles.update(outdated(PLAN, recorded_at))


def no_files(wildcards):
    """Input function of the first rule: called when the jobs are known, before it is decided which of them run."""
    if workflow.is_main_process:  # a job on a cluster makes what it is told to
        force_outdated()
    return []
