"""The default's budget: what a run took is noted as its logs say, and what a plan would take follows from it."""

import os
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from uncollapse.config.files import read
from uncollapse.errors import ArtifactError
from uncollapse.offline import budget as module
from uncollapse.offline.budget import SHARED, Budget, jobs_of, note, told, with_table
from uncollapse.planning.plan import Plan
from uncollapse.settings.checkout import PROJECT

GROWTH = 1.05  # of a part that is above its budget already, beside the run that was measured
JOBS = {
    "results/a/one.parquet": ("a", "sequence.train"),
    "results/a/two.parquet": ("a", "sequence.train"),
    "results/b/one.parquet": ("b", "text.train"),
    "results/tables/t.parquet": ("", "products.make_table"),
}
SECONDS = dict(zip(JOBS, (20.0, 40.0, 90.0, 1.5), strict=True))


@pytest.fixture
def budget(tmp_path: Path) -> Budget:
    folder = tmp_path / "budget"
    folder.mkdir()
    (folder / "minutes.csv").write_text("part,experiments,minutes\nfirst,a,2\nsecond,b c,0.5\n")
    return Budget(folder)


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A run of four jobs on one core: each log ends when its job did, in the order above."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "jobs_of", lambda plan: JOBS)
    now = 1e9
    for path, seconds in SECONDS.items():
        now += 2 * seconds
        log = Path(f"{path}.log")
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"said\n{2 * seconds} s, {seconds} s of processor time, 0.10 GB at most\n")
        Path(path).write_text("")
        for file in (log, Path(path)):
            os.utime(file, (now, now))
    products = SimpleNamespace(paths=lambda kind: ["results/tables/t.parquet", "results/tables/t.csv"])
    return SimpleNamespace(logs_of=lambda path: [f"{path}.log"], products=products)


def test_a_run_is_noted_by_experiment_and_stage_and_by_the_clock(plan: Any, budget: Budget) -> None:
    note(plan, budget, commit="0123456789", machine="two cores")
    assert [tuple(row) for row in budget.seconds.itertuples(index=False)] == [
        ("", "products.make_table", 1, 1.5),
        ("a", "sequence.train", 2, 60.0),
        ("b", "text.train", 1, 90.0),
    ]
    assert budget.measured() == {"first": 60.0, "second": 90.0, SHARED: 1.5}
    assert budget.about["clock_seconds"] == budget.about["first_table_seconds"] == 303.0
    assert budget.about["day"] == "2001-09-09"
    assert "| second | 0.5 | 0.8 |" in budget.page()
    assert "| together | 2.5 | 1.3 |" in budget.page()


def test_a_run_that_tells_nothing_is_refused(plan: Any, budget: Budget) -> None:
    log = Path("results/b/one.parquet.log")
    log.write_text(f"train one: taken from the store\n{log.read_text()}")
    with pytest.raises(ArtifactError, match="1 of 4 jobs took their results from the store"):
        note(plan, budget, commit="0", machine="")
    Path("results/a/two.parquet").unlink()
    with pytest.raises(ArtifactError, match=r"results/a/two\.parquet: not finished"):
        note(plan, budget, commit="0", machine="")
    assert budget.about == {}


def test_a_plan_takes_its_jobs_times_what_each_took(plan: Any, budget: Budget) -> None:
    note(plan, budget, commit="0123456789", machine="two cores")
    jobs = Counter({("a", "sequence.train"): 5, ("c", "sequence.train"): 1, ("b", "text.label"): 3})
    estimate, unmeasured = budget.estimate(jobs)
    assert estimate == {"first": 150.0, "second": 30.0, SHARED: 0.0}
    assert unmeasured == ["text.label"]
    assert "not measured: text.label" in told(budget, jobs.elements())


def test_without_a_run_the_table_has_the_budget_alone(budget: Budget) -> None:
    assert "| first | 2 |  |" in budget.page()
    assert with_table("a\n<!-- budget -->\n\nold\n\n<!-- end of budget -->\nb", "new\n") == (
        "a\n<!-- budget -->\n\nnew\n\n<!-- end of budget -->\nb"
    )


def test_the_page_says_what_the_tables_say() -> None:
    page = (PROJECT / "docs/scales.md").read_text()
    assert page == with_table(page, Budget().page())


def test_readme_has_the_minutes_of_the_last_run() -> None:
    budget, readme = Budget(), " ".join((PROJECT / "README.md").read_text().split())
    if not budget.about:
        pytest.skip("no run from nothing was measured yet")
    clock = round(budget.about["clock_seconds"] / 60)
    assert f"| results of the default ([by part](docs/scales.md#budget-of-the-default)) | {clock} minutes |" in readme
    day, commit = budget.about["day"], budget.about["commit"][:7]
    assert f"The {clock} minutes are by the clock ({day}, commit {commit}, " in readme
    assert f"The first table was there after {budget.about['first_table_seconds']:.0f} seconds." in readme
    for part, seconds in budget.measured().items():
        if part in budget.parts:
            assert f"{part} {seconds / 60 / module.CORES:.0f}" in readme


def test_the_default_stays_within_its_budget() -> None:
    """A part that a run found above its budget may not grow from there."""
    budget = Budget()
    if not budget.about:
        pytest.skip("no run from nothing was measured yet")
    jobs = Counter(jobs_of(Plan(read(PROJECT / "config.yaml"))).values())
    estimate, unmeasured = budget.estimate(jobs)
    limits = {part: 60 * module.CORES * minutes for part, (_, minutes) in budget.parts.items()}
    measured = budget.measured()
    over = {
        part: seconds
        for part, seconds in estimate.items()
        if seconds > max(limits.get(part, 0), measured[part]) * GROWTH
    }
    assert over == {}
    assert sum(count for (_, stage), count in jobs.items() if stage in unmeasured) < 0.05 * jobs.total()
