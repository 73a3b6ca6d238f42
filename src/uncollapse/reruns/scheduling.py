"""Snakemake's search for the next jobs."""

from typing import Any


def lift_rate_limit(workflow: Any) -> None:
    """Start jobs of this machine whenever there is room, without a limit per second.

    For its limit Snakemake looks for jobs again a second after each look, and every job that ends begins such a chain
    of looks: over 200 jobs it took a seventh of a core, and more with each. Without a limit it looks when a job ends.
    Clusters keep theirs. There is no option for this; a version that keeps the setting elsewhere goes on as it is.
    """
    settings = getattr(workflow, "scheduling_settings", None)
    if settings is not None and getattr(workflow, "local_exec", False):
        settings.max_jobs_per_timespan = None
