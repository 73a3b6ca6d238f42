"""Programs that PATH does not lead to skip the tests that need them, with a reason, wherever they are installed."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

import system_programs
from system_programs import lacking, needs

TESTS = Path(__file__).parents[1]
SLURM = TESTS / "workflow/slurm/one_node_slurm.py"
ALWAYS = {"bash"}  # what Snakemake itself needs
LOOK_THEMSELVES = {"system_programs.py", "warm_python.py", "test_system_programs.py"}  # the second for Python


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put programs into a folder of PATH, or into one of the system's beside it; there are no others."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(system_programs, "FOLDERS", (str(tmp_path / "sbin"),))

    def write(folder: str, *names: str) -> None:
        (tmp_path / folder).mkdir(exist_ok=True)
        for name in names:
            (tmp_path / folder / name).write_text("#!/bin/sh\n")
            (tmp_path / folder / name).chmod(0o755)

    return write


def test_what_is_lacking_is_told_with_its_place(install: Callable[..., None], tmp_path: Path) -> None:
    install("bin", "one")
    install("sbin", "one", "two")
    assert lacking("one") is None
    assert lacking("one", "two", "three") == f"two is in {tmp_path}/sbin, which PATH lacks; no three here"
    assert [needs(name).args[0] for name in ("one", "two")] == [False, True]
    assert needs("two").kwargs["reason"] == lacking("two")


@pytest.mark.parametrize(
    ("beside", "told"), [(("munged",), "munged is in .*sbin, which PATH lacks"), ((), "no munged")]
)
def test_slurm_that_cannot_be_started_is_a_reason(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch, beside: tuple[str, ...], told: str
) -> None:
    """Also where apt-get says that all is installed, as it does whatever PATH is."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    slurm = runpy.run_path(str(SLURM))
    install("bin", "apt-get", *(name for name in slurm["PROGRAMS"] if name != "munged"))
    install("sbin", *beside)
    assert re.search(told, slurm["install"]() or "")
    install("bin", "munged")
    assert slurm["install"]() is None


@pytest.mark.parametrize("path", sorted(TESTS.rglob("*.py")), ids=lambda path: str(path.relative_to(TESTS)))
def test_no_test_starts_a_program_that_it_did_not_look_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.name not in LOOK_THEMSELVES:
        assert "shutil.which(" not in text, "lacking() tells where a program lies that PATH lacks"
    started = set(re.findall(r'subprocess\.\w+\(\s*\[\s*"([\w-]+)"', text)) - ALWAYS
    if "from one_node_slurm import" in text:
        text = SLURM.read_text(encoding="utf-8")
    looked_for = re.findall(r"(?:\b(?:needs|lacking)|^PROGRAMS = )\(([^)]*)\)", text, re.MULTILINE)
    assert started <= set(re.findall(r'"([\w-]+)"', " ".join(looked_for)))
