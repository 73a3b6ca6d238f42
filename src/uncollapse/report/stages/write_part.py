"""A page about one experiment, to be read while others are made."""

from uncollapse.jobs.stage import Stage
from uncollapse.report.stages import write_report


def run(stage: Stage) -> None:
    """Inputs, outputs and spec as those of :mod:`uncollapse.report.stages.write_report`."""
    write_report.run(stage)
