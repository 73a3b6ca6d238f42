"""Jobs of this machine start without a limit per second; those of a cluster keep it."""

from types import SimpleNamespace

import pytest

from uncollapse.reruns.shortcuts import lift_rate_limit


@pytest.mark.parametrize(("local", "left"), [(True, None), (False, "100/1s")])
def test_only_local_jobs_lose_the_limit(local: bool, left: str | None) -> None:
    workflow = SimpleNamespace(local_exec=local, scheduling_settings=SimpleNamespace(max_jobs_per_timespan="100/1s"))
    lift_rate_limit(workflow)
    assert workflow.scheduling_settings.max_jobs_per_timespan == left


def test_another_version_goes_on_as_it_is() -> None:
    lift_rate_limit(SimpleNamespace(local_exec=True))
    lift_rate_limit(SimpleNamespace(local_exec=True, scheduling_settings=None))


def test_this_version_has_the_setting() -> None:
    from snakemake.settings.types import SchedulingSettings

    assert hasattr(SchedulingSettings(), "max_jobs_per_timespan")
