"""Artifacts that Snakemake's own records say nothing about, or something older than what lies beside the artifact.

.snakemake/ may have been deleted, results/ copied, or written by another checkout since. What is written beside an
artifact then decides: made otherwise than it would be made now, it is made again (or taken from the store).
"""

from base64 import urlsafe_b64encode

from uncollapse.outdated import outdated, wanted


def recorded_at(path):
    """When Snakemake last recorded how a file was made; 0.0 where it has no record."""
    try:
        return os.stat(f".snakemake/metadata/{urlsafe_b64encode(path.encode()).decode()}").st_mtime
    except OSError:
        return 0.0


# a job on a cluster runs this file again, and makes what it is told to
if workflow.is_main_process:
    named = {"tables": table_targets(), "figures": figure_targets()}
    targets = [file for target in workflow.dag_settings.targets for file in named.get(target, [target])]
    workflow.dag_settings.forcerun = {
        *workflow.dag_settings.forcerun,
        *wanted(PLAN, outdated(PLAN, recorded_at), targets),
    }
