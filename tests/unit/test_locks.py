"""The locks: a version and the hashes of its files for every library that is installed."""

import re
import runpy
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from cluster_plugins import need

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "envs/cluster.lock", "envs/torch.lock", "envs/torch_cpu.lock")
SCRIPT = runpy.run_path(str(ROOT / "scripts/hash_lock.py"))
# of pyproject.toml, those that requirements.lock was made of; the one of envs/cluster.lock
EXTRAS = ("test", "lint", "tasks", "molecules", "browser")
CLUSTER = "cluster"
PLUGINS = ("snakemake_executor_plugin_slurm", "snakemake_executor_plugin_kubernetes", "snakemake_storage_plugin_fs")


def _requirements(lock: str) -> list[str]:
    """Requirements of a lock in one line each, as pip reads them."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_version_of_a_lock_has_hashes(lock: str) -> None:
    for line in _requirements(lock):
        requirement, *hashes = re.split(r"\s+--hash=", line)
        (pin,) = Requirement(requirement).specifier
        assert pin.operator == "==", requirement
        assert "*" not in pin.version, requirement
        assert hashes, f"{requirement}: no hash; run make lock"
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", digest.strip()) for digest in hashes), requirement


def test_every_library_that_is_needed_here_stands_in_a_lock() -> None:
    """pip is told to follow no dependency, so one that is missing would be missing after make."""
    needed = _needed_by("", *EXTRAS)
    assert len(needed) > 100
    assert needed - _locked(*(lock for lock in LOCKS if lock != "envs/cluster.lock")) == {"uncollapse"}


def test_what_clusters_alone_need_stands_in_a_lock_of_its_own() -> None:
    """Snakemake loads every plugin that it finds at every start, so others are spared it."""
    need(*PLUGINS)  # a package that is not installed says nothing of what it asks for
    locked = _locked("envs/cluster.lock")
    assert _needed_by(CLUSTER) - _needed_by("", *EXTRAS) == locked
    assert not locked & _locked("requirements.lock")


def _locked(*locks: str) -> set[str]:
    lines = [line for lock in locks for line in _requirements(lock)]
    return {_name(Requirement(re.split(r"\s+--hash=", line)[0]).name) for line in lines}


def _needed_by(*extras: str) -> set[str]:
    """Packages that this one asks for with some of its extras, and all that these ask for."""
    found: set[tuple[str, str]] = set()
    waiting = [("uncollapse", extra) for extra in extras]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        for text in requires(name) or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(_name(needed.name), other) for other in ("", *needed.extras)]
    return {name for name, _ in found}


@pytest.mark.parametrize("file", ["Makefile", "Containerfile", "envs/jobs.def"])
def test_what_is_installed_of_a_lock_has_the_hashes_of_it(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    installing = [part for part in re.findall(r"pip install[^&|;\n]*", text) if ".lock" in part]
    assert installing
    assert [command for command in installing if "--require-hashes" not in command] == []


def test_torch_has_one_version_in_both_of_its_builds() -> None:
    builds = [re.match(r"torch==([\d.]+)(\+cpu)? ", line) for lock in LOCKS for line in _requirements(lock)]
    assert [(build[1], build[2]) for build in builds if build] == [
        (distribution("torch").version.split("+")[0], None),
        (distribution("torch").version.split("+")[0], "+cpu"),
    ]


def test_hashes_go_to_the_lock_of_their_package() -> None:
    block = "{} \\\n    --hash=sha256:0"
    linux, other = "cuda==3 ; sys_platform == 'linux'", "other==4 ; sys_platform == 'win32'"
    plugin = "plugin==6 ; sys_platform == 'linux'"
    given = ["A_b==1", "torch==2", linux, other, "asked==5", plugin]
    asked = (["a-B==1"], ["Plugin==6"], ["torch==2"])
    own, cluster, torch = SCRIPT["divided"]("\n".join(map(block.format, given)), *asked)
    assert own == [block.format("A_b==1")]
    assert cluster == [block.format(plugin)]
    assert torch == [block.format(line) for line in given[1:3]]
    assert SCRIPT["versions"]("# comment\n" + torch[1] + "\n") == [linux]
