"""The claims that one experiment judges, for a page about it alone."""

from uncollapse.jobs.stage import Stage
from uncollapse.report.stages import gather_claims


def run(stage: Stage) -> None:
    """Inputs, outputs and spec as those of :mod:`uncollapse.report.stages.gather_claims`."""
    gather_claims.run(stage)
