"""A job that fails ends a run in ten lines: what, where, the way out and the log, without specs and hashes."""

from pathlib import Path

from small_theory import TARGET, run, write_config

from conftest import ROOT


def test_a_failed_job(tmp_path: Path) -> None:
    write_config(tmp_path)
    (tmp_path / "out/theory").mkdir(parents=True)
    (tmp_path / "out/theory/.provenance").touch()  # a file where a folder is to be
    failed = run(tmp_path, TARGET, "--profile", str(ROOT / "profiles/default"))
    assert failed.returncode != 0
    _, found, told = (failed.stdout + failed.stderr).partition("Execute 1 jobs...\n")
    assert found
    assert len(told.strip().splitlines()) <= 10, told
    for part in (
        "theory.simulate failed",
        "Not a directory",
        f"{TARGET}: not written",
        "out/logs/simulate/accumulation.log",
    ):
        assert part in told
    assert "--code" not in told
