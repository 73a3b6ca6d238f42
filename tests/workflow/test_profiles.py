"""Every profile plans the workflow, and asks for GPUs where they are needed and nowhere else."""

import importlib.util
import re
from pathlib import Path

import pytest

from conftest import ROOT, snakemake, tiny_arguments

pytestmark = pytest.mark.workflow

PLUGINS = {
    "slurm": ["snakemake_executor_plugin_slurm"],
    "kubernetes": ["snakemake_executor_plugin_kubernetes", "snakemake_storage_plugin_fs"],
}


@pytest.mark.parametrize("profile", ["gpu", "multi_gpu", "slurm", "kubernetes"])
def test_profile_plans(profile: str, tmp_path: Path) -> None:
    missing = [plugin for plugin in PLUGINS.get(profile, []) if importlib.util.find_spec(plugin) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} missing: pip install -e .[cluster]")
    # on Kubernetes, a path below the prefix of the volume
    results = Path("results/unused") if profile == "kubernetes" else tmp_path / "results"
    smoke = ["--configfile", str(ROOT / "scales/smoke.yaml"), "--config", f"results={results}", f"store={tmp_path}/s"]
    arguments = ["-n", "--quiet", "reason", "--profile", f"profiles/{profile}", *smoke]
    planned = snakemake(*arguments).stdout
    asked = set()
    for job in re.split(r"\n(?=(?:local)?rule )", planned):
        rule = re.match(r"(?:local)?rule (\w+):", job)
        if rule and re.search(r"resources: .*\bgpu=1\b", job):
            asked.add(rule[1])
    of_models = {"verify_by_model", "measure_perplexity", "edit_texts", "diagnose_texts", "compare_synthesis"}
    of_models |= {"write_texts"}
    assert asked == {"train", "label"} | of_models
    assert "mem_mb=8000" in planned


def test_default_profile_needs_no_gpu(tmp_path: Path) -> None:
    planned = snakemake("-n", "--quiet", "reason", *tiny_arguments(tmp_path / "results")).stdout
    assert "rule train" in planned
    assert "gpu" not in planned


def test_profiles_are_all_tested() -> None:
    folders = {path.parent.name for path in (ROOT / "profiles").glob("*/config.yaml")}
    assert folders == {"default", "gpu", "multi_gpu", "slurm", "kubernetes"}
