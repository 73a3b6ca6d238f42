"""Every profile plans the workflow, and asks for GPUs where they are needed and nowhere else."""

import re
from pathlib import Path

import pytest
import yaml
from snakemake.profiles import ProfileConfigFileParser

from cluster_plugins import need
from conftest import ROOT, snakemake, tiny_arguments
from uncollapse.config.files import read
from uncollapse.planning.plan import Plan

pytestmark = pytest.mark.workflow

WITH_GPUS = ["gpu", "multi_gpu", "slurm", "kubernetes"]
PLUGINS = {
    "slurm": ["snakemake_executor_plugin_slurm"],
    "kubernetes": ["snakemake_executor_plugin_kubernetes", "snakemake_storage_plugin_fs"],
}


def gpu_rules() -> set[str]:
    """The rules whose stages say that they can use a GPU."""
    rules = Plan(read(ROOT / "config.yaml")).rules
    return {rule for rule, stages in rules.items() if any(stage.gpu for stage in stages)}


@pytest.mark.parametrize("profile", WITH_GPUS)
def test_profile_asks_for_a_gpu_wherever_a_stage_can_use_one(profile: str) -> None:
    settings = yaml.safe_load((ROOT / f"profiles/{profile}/config.yaml").read_text())["set-resources"]
    assert {rule for rule, resources in settings.items() if "gpu" in resources} == gpu_rules()


@pytest.mark.parametrize("profile", WITH_GPUS)
def test_profile_plans(profile: str, tmp_path: Path) -> None:
    need(*PLUGINS.get(profile, []))
    # on Kubernetes, a path below the prefix of the volume
    results = Path("results/unused") if profile == "kubernetes" else tmp_path / "results"
    smoke = ["--configfile", str(ROOT / "scales/smoke.yaml"), "--config", f"results={results}", f"store={tmp_path}/s"]
    # the report needs no data set that a model selects at this scale
    targets = ["all", f"{results}/collapse/datasets/low_perplexity.parquet"]
    arguments = ["-n", *targets, "--quiet", "reason", "--profile", f"profiles/{profile}", *smoke]
    planned = snakemake(*arguments).stdout
    asked = set()
    for job in re.split(r"\n(?=(?:local)?rule )", planned):
        rule = re.match(r"(?:local)?rule (\w+):", job)
        if rule and re.search(r"resources: .*\bgpu=1\b", job):
            asked.add(rule[1])
    assert asked == gpu_rules()
    assert "mem_mb=8000" in planned


@pytest.mark.parametrize("profile", WITH_GPUS)
@pytest.mark.parametrize("installed", [True, False])
def test_profile_says_which_plugins_are_to_be_installed(
    profile: str, installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if installed else None)
    with (ROOT / f"profiles/{profile}/config.yaml").open() as file:
        if installed or profile not in PLUGINS:
            assert ProfileConfigFileParser().parse(file)["set-resources"]
            return
        with pytest.raises(SystemExit) as refused:
            ProfileConfigFileParser().parse(file)
    assert f"profiles/{profile} " in str(refused.value)
    assert str(refused.value).endswith("pip install --no-deps -r envs/cluster.lock")


def test_default_profile_needs_no_gpu(tmp_path: Path) -> None:
    planned = snakemake("-n", "--quiet", "reason", *tiny_arguments(tmp_path / "results")).stdout
    assert "rule train" in planned
    assert "gpu" not in planned


def test_profiles_are_all_tested() -> None:
    folders = {path.parent.name for path in (ROOT / "profiles").glob("*/config.yaml")}
    assert folders == {"default", *WITH_GPUS}
