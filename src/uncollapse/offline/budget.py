"""The default's budget: minutes a part may take, seconds that its last run took, and what the present plan would take.

    make                                 # from nothing, on two idle cores
    python -m uncollapse.offline.budget  # then: notes its seconds, and says what this plan would take

It writes workflow/budget/seconds.csv and about.json, and the table of docs/scales.md, to be committed together. Minutes
are of two cores, that is processor seconds / 120, where every core has work.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from uncollapse.config.files import read
from uncollapse.errors import ArtifactError, UncollapseError
from uncollapse.jobs.partial import whole
from uncollapse.offline.commit import commit_of
from uncollapse.offline.machine import machine_in_words
from uncollapse.offline.processor_time import begun_at, processor_seconds, taken_from_store
from uncollapse.offline.without_snakemake import Jobs
from uncollapse.planning.plan import Plan
from uncollapse.settings.checkout import PROJECT

SHARED = "texts, products and the report"  # what belongs to no part alone
CORES = 2
_COPIED = 0.1  # share of jobs of which a run from nothing finds the results in the store: equal ones
_COLUMNS = ["experiment", "stage", "jobs", "seconds"]
_MARKS = ("<!-- budget -->\n\n", "\n<!-- end of budget -->\n")


@dataclass(frozen=True)
class Budget:
    """The tables of a folder: what parts may take, and what they took."""

    folder: Path = PROJECT / "workflow/budget"

    @property
    def parts(self) -> dict[str, tuple[list[str], float]]:
        """Experiments and minutes of every part."""
        rows = pd.read_csv(self.folder / "minutes.csv").to_dict("records")
        return {str(row["part"]): (str(row["experiments"]).split(), float(row["minutes"])) for row in rows}

    @property
    def seconds(self) -> pd.DataFrame:
        """Jobs and processor seconds of the last run by experiment and stage; empty before the first."""
        path = self.folder / "seconds.csv"
        return pd.read_csv(path, keep_default_na=False) if path.is_file() else pd.DataFrame(columns=_COLUMNS)

    @property
    def about(self) -> dict[str, Any]:
        """Commit, day, machine, and seconds by the clock of the last run; empty before the first."""
        path = self.folder / "about.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def by_part(self, seconds: Mapping[str, float]) -> dict[str, float]:
        """Seconds by experiment added up by part; those of no part are :data:`SHARED`."""
        found = {part: sum(seconds.get(name, 0.0) for name in of) for part, (of, _) in self.parts.items()}
        return found | {SHARED: sum(seconds.values()) - sum(found.values())}

    def measured(self) -> dict[str, float]:
        """Processor seconds of the last run by part."""
        table = self.seconds
        return self.by_part(table.astype({"seconds": float}).groupby("experiment")["seconds"].sum().to_dict())

    def estimate(self, jobs: Mapping[tuple[str, str], int]) -> tuple[dict[str, float], list[str]]:
        """Processor seconds by part of so many jobs by experiment and stage, and the stages that no run has measured.

        A job takes what those of its experiment and stage took on average; where none was measured, what those of its
        stage did.
        """
        table = self.seconds.astype({"jobs": float, "seconds": float})
        own = table.groupby(["experiment", "stage"])[["jobs", "seconds"]].sum()
        any_of = table.groupby("stage")[["jobs", "seconds"]].sum()
        found: Counter[str] = Counter()
        unmeasured = []
        for (experiment, stage), count in jobs.items():
            if (experiment, stage) in own.index:
                row = own.loc[(experiment, stage)]
            elif stage in any_of.index:
                row = any_of.loc[stage]
            else:
                unmeasured.append(stage)
                continue
            found[experiment] += count * row["seconds"] / row["jobs"]
        return self.by_part(found), sorted(set(unmeasured))

    def page(self) -> str:
        """The table of docs/scales.md."""
        about, measured = self.about, self.measured()
        told = (
            f"measured {about['day']} at commit {about['commit'][:7]} ({about['machine']})" if about else "not measured"
        )
        lines = [f"| part | budget, minutes of two cores | {told} |", "|---|---|---|"]
        limits = {part: f"{minutes:g}" for part, (_, minutes) in self.parts.items()} | {SHARED: ""}
        for part, limit in limits.items():
            lines.append(f"| {part} | {limit} | {_minutes(measured[part]) if about else ''} |")
        total = sum(minutes for _, minutes in self.parts.values())
        lines.append(f"| together | {total:g} | {_minutes(sum(measured.values())) if about else ''} |")
        if about:
            lines += [
                "",
                f"By the clock that run took {_minutes(about['clock_seconds'] * CORES)} minutes, and its first",
            ]
            lines += [f"table was there after {about['first_table_seconds']:.0f} seconds."]
        return "\n".join(lines) + "\n"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60 / CORES:.1f}"


def jobs_of(plan: Plan) -> dict[str, tuple[str, str]]:
    """Experiment and stage of every job of a plan, by its first output; no experiment for what is made of several."""
    names = {name for name, _, _ in plan.blocks()}
    pages = [*plan.recipe("write_report").outputs.values(), *plan.report.parts()]
    found = {}
    for job in Jobs(plan).of([*pages, *plan.products.paths("tables"), *plan.products.paths("figures")]):
        folder = job.path.removeprefix(f"{plan.root}/").partition("/")[0]
        found[job.path] = (folder if folder in names else "", job.recipe.stage)
    return found


def note(plan: Plan, budget: Budget, *, commit: str, machine: str) -> None:
    """Write what the run that lies there took.

    Raises
    ------
    ArtifactError
        Where it is unfinished, or much of it came from the store: nothing can be told of that.
    """
    seconds: Counter[tuple[str, str]] = Counter()
    jobs = jobs_of(plan)
    begun, copied = float("inf"), 0
    for path, key in jobs.items():
        logs = [log for log in map(Path, plan.logs_of(path)) if log.is_file()]
        took = processor_seconds(logs)
        if took is None or not Path(path).is_file():
            raise ArtifactError(f"{path}: not finished, or nothing says how long it took; run make from nothing")
        seconds[key] += took
        newest = max(logs, key=lambda log: log.stat().st_mtime)
        begun = min(begun, begun_at(newest))
        copied += taken_from_store(newest)
    if copied > _COPIED * len(jobs):
        raise ArtifactError(
            f"{copied} of {len(jobs)} jobs took their results from the store, so that nothing says how long they take;"
            " run make in a fresh clone"
        )
    counts = Counter(jobs.values())
    rows = [(*key, counts[key], round(seconds[key], 1)) for key in sorted(counts)]
    budget.folder.mkdir(parents=True, exist_ok=True)
    _write(budget.folder / "seconds.csv", pd.DataFrame(rows, columns=_COLUMNS).to_csv(index=False))
    tables = [path for path in plan.products.paths("tables") if path.endswith(".parquet")]
    ended = max(Path(path).stat().st_mtime for path in jobs)
    about = {
        "commit": commit,
        "day": datetime.fromtimestamp(ended, UTC).date().isoformat(),
        "machine": machine,
        "clock_seconds": round(ended - begun, 1),
        "first_table_seconds": round(min(Path(path).stat().st_mtime for path in tables) - begun, 1),
    }
    _write(budget.folder / "about.json", json.dumps(about, indent=1) + "\n")


def with_table(text: str, table: str) -> str:
    """A page with the table between its marks replaced."""
    first, last = map(re.escape, _MARKS)
    pattern = re.compile(f"(?<={first}).*?(?={last})", re.DOTALL)
    assert pattern.search(text), f"no {_MARKS[0].strip()} on the page"
    return pattern.sub(lambda _: table, text)


def told(budget: Budget, jobs: Iterable[tuple[str, str]]) -> Sequence[str]:
    """Lines on what a plan of these jobs would take."""
    estimate, unmeasured = budget.estimate(Counter(jobs))
    limits = {part: minutes for part, (_, minutes) in budget.parts.items()}
    lines = [
        f"{part:32}{_minutes(seconds):>7} minutes of two cores"
        + (f", budget {limits[part]:g}" if part in limits else "")
        for part, seconds in estimate.items()
    ]
    lines.append(f"{'together':32}{_minutes(sum(estimate.values())):>7}, budget {sum(limits.values()):g}")
    return lines + ([f"not measured: {', '.join(unmeasured)}"] if unmeasured else [])


def _write(path: Path, text: str) -> None:
    with whole(path) as partial:
        partial.write_text(text, encoding="utf-8")


def main() -> int:
    """0; 2 where the run that lies there tells nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machine", default=machine_in_words(), help="in words (default: %(default)s)")
    parser.add_argument("--into", type=Path, default=PROJECT, help="checkout to write to (default: this one)")
    parser.add_argument("--plan-only", action="store_true", help="say what the plan would take, note nothing")
    arguments = parser.parse_args()
    plan, budget = Plan(read(PROJECT / "config.yaml")), Budget(arguments.into / "workflow/budget")
    try:
        if not arguments.plan_only:
            note(plan, budget, commit=commit_of(PROJECT) or "unknown", machine=arguments.machine)
            page = arguments.into / "docs/scales.md"
            _write(page, with_table(page.read_text(encoding="utf-8"), budget.page()))
    except UncollapseError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(told(budget, jobs_of(plan).values())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
