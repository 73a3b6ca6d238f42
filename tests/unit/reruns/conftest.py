"""Snakemake as it is, whatever a test of shortcuts has replaced in it."""

import inspect
from typing import Any

import pytest


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, str]]:
    """What shortcuts replace, as owner and name; after the test it is what it was."""
    import snakemake.api  # isort: skip (before its parts, which import each other)
    import snakemake.common
    import snakemake.dag
    import snakemake.io
    import snakemake.iocontainers
    import snakemake.jobs
    import snakemake.path_modifier
    import snakemake.persistence
    import snakemake.persistence.file
    import snakemake.rules
    import snakemake.scheduling.job_scheduler

    dag, job, file = snakemake.dag.DAG, snakemake.jobs.Job, snakemake.io._IOFile
    parts = (snakemake.dag, snakemake.io, snakemake.jobs, snakemake.path_modifier)
    parts = (*parts, snakemake.persistence, snakemake.rules)
    found: list[tuple[Any, str]] = [(part, "is_flagged") for part in parts]
    found += [(part, "get_function_params") for part in (snakemake.common, snakemake.jobs, snakemake.rules)]
    found += [(part, "fmt_iofile") for part in (snakemake.dag, snakemake.jobs)]
    found += [(snakemake.dag, "OutputIndex"), (snakemake.io, "check"), (snakemake.iocontainers, "AttributeGuard")]
    found += [(snakemake.persistence.PersistenceBase, "_serialize_param_pandas")]
    found += [(snakemake.persistence.file.FilePersistence, "_io_read")]
    found += [(job, name) for name in ("conda_env_spec", "log_info", "non_derived_params", "shellcmd")]
    # of the graph
    found += [(job, name) for name in ("__init__", "check_protected_output", "is_valid", "output_mintime")]
    found += [
        (dag, name) for name in ("check_directory_outputs", "cleanup", "collect_potential_dependencies", "file2jobs")
    ]
    graph = ("check_directory_outputs", "cleanup", "collect_potential_dependencies", "file2jobs", "handle_temp")
    found += [(dag, name) for name in (*graph, "update_needrun", "update_ready")]
    found += [(snakemake.rules.Rule, "expand_input"), *((file, name) for name in ("__eq__", "__hash__", "exists"))]
    found += [(snakemake.scheduling.job_scheduler.JobScheduler, "_free_resources")]
    for owner, name in found:
        monkeypatch.setattr(owner, name, inspect.getattr_static(owner, name))
    return found
