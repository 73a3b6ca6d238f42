"""Keeping a finished experiment of a scale in the checkout: its tables and verdicts, and how they were measured.

What is kept is what the present code makes of the present config, all of it and nothing else: a part that is
unfinished, out of date, or made by code that is in no commit is not kept.
"""

import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from uncollapse.analysis.claims_table import claims_table, findings_of
from uncollapse.analysis.comparison import MEASURES, read_reported
from uncollapse.analysis.costs import cost_of, with_minutes
from uncollapse.analysis.kept_table import table_to_keep
from uncollapse.analysis.scale_claims import claims_as_csv
from uncollapse.artifacts.findings import FINDING_FILES, FINDINGS
from uncollapse.artifacts.measured_parts import MeasuredPart
from uncollapse.artifacts.parquet import read_any, read_table
from uncollapse.artifacts.products import TABLE_FILES
from uncollapse.errors import ArtifactError, ConfigError
from uncollapse.jobs.partial import whole
from uncollapse.offline.processor_time import processor_seconds
from uncollapse.planning.plan import Plan
from uncollapse.planning.report import CLAIMS
from uncollapse.reruns.why import Answer, Why
from uncollapse.settings.checkout import of_checkout

_LISTED = 5
_CURVE = ".curve.parquet"  # what every training leaves: its learning curve


@dataclass(frozen=True, kw_only=True)
class Told:
    """Facts on a part that its files do not tell: the code's commit, the machine in words, and a note for readers.

    ``overlays`` are those of the checkout, ``further`` is the content of others by name (YAML has dates,
    which are kept as text).
    """

    commit: str
    machine: str
    note: str
    overlays: Sequence[str] = ()
    further: Mapping[str, Any] = field(default_factory=dict)


def keep(why: Why, experiment: str, told: Told, folder: Path) -> MeasuredPart:
    """Write a finished experiment of a plan to ``<folder>/<scale>/<experiment>/``, in the place of what lies there.

    A table of which the run has no cell, the paper's alone, is left out.

    Raises
    ------
    ConfigError
        For an experiment that config does not have.
    ArtifactError
        Where anything of it is not made, or is out of date, saying what.
    """
    plan = why.plan
    chain = _finished(why, experiment)
    made = {
        name: read_any(_path(plan, TABLE_FILES(table=name)), list(MEASURES))
        for name, of in plan.products.of_kind("tables").items()
        if of == experiment
    }
    tables = {name: table_to_keep(table) for name, table in made.items() if any(table["seeds"].to_pylist())}
    about = _about(plan, experiment, told, chain) | {"columns": {name: types for name, (_, types) in tables.items()}}
    part = MeasuredPart(folder / plan.settings.scale / experiment)
    files = {part.table_file(name): content for name, (content, _) in tables.items()}
    files[part.claims_file] = claims_as_csv(_claims(plan, experiment, about))
    files[part.about_file] = (json.dumps(about, indent=1, ensure_ascii=False, default=str) + "\n").encode()
    if part.folder.exists():
        shutil.rmtree(part.folder)
    for path, content in files.items():  # the one that makes it a part comes last
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as partial:
            partial.write_bytes(content)
    return part


def _finished(why: Why, experiment: str) -> list[Answer]:
    """All that an experiment's tables, figures and claims were made from, and these, where everything is current."""
    plan = why.plan
    known = [name for name, _, _ in plan.blocks() if plan.products.of_experiment(name)]
    if experiment not in known:
        raise ConfigError(
            f"{experiment}: config has no such experiment that tables are made of; there are: {', '.join(known)}"
        )
    overlays = f" --configfile {' '.join(plan.overlays)}" if plan.overlays else ""
    run = f"run: snakemake --cores 2 {experiment}{overlays}"
    products = plan.products.of_experiment(experiment)
    if missing := [path for path in products if not Path(path).is_file()]:
        counted = f"{len(missing)} of {len(products)} files are not made"
        raise ArtifactError(f"{experiment} is not finished: {counted}, {_some(missing)}; {run}")
    chain: dict[str, Answer] = {}
    for path in products:
        chain.update((answer.path, answer) for answer in why.chain(path))
    stale = [f"{answer.path} ({answer.changes[0]})" for answer in chain.values() if answer.changes]
    if stale:
        raise ArtifactError(f"{experiment} is out of date: {len(stale)} of {len(chain)} files, {_some(stale)}; {run}")
    return list(chain.values())


def _some(names: Sequence[str]) -> str:
    return f"{', '.join(names[:_LISTED])}{' and others' if len(names) > _LISTED else ''}"


def _path(plan: Plan, file: Any) -> Path:
    return Path(file.below(plan.root, None))


def _claims(plan: Plan, experiment: str, about: Mapping[str, Any]) -> pd.DataFrame:
    """The verdicts of an experiment's groups of claims, as claims.parquet has them, with the costs of this very run."""
    groups = [name for name, of in plan.products.of_kind("claims").items() if of == experiment]
    files = [_path(plan, FINDING_FILES(group=name)) for name in groups]
    cost = cost_of([about], experiment, plan.settings.scale)
    findings = [with_minutes(finding, cost) for finding in findings_of(read_table(files, FINDINGS).to_pylist())]
    reported, limits = (read_reported(of_checkout(f"workflow/reported/{name}.csv")) for name in CLAIMS.values())
    fresh = plan.settings.fresh_since
    claims = claims_table(reported, findings, limits, fresh_since=fresh and fresh.isoformat(), whole=False)
    return claims[claims["id"].isin({finding.id for finding in findings})]


def _about(plan: Plan, experiment: str, told: Told, chain: Sequence[Answer]) -> dict[str, Any]:
    """Facts on how the part came about; times are those of each job's last run."""
    jobs: dict[tuple[str, ...], str] = {}  # the stage of each job by its outputs
    libraries: set[str] = set()
    for answer in chain:
        recipe = plan.recipe_of(answer.path)
        assert recipe is not None, answer.path
        jobs[tuple(recipe.outputs.values())] = recipe.stage
        libraries.update(entry for entry in answer.record["code"] if "==" in entry)
    seconds = [processor_seconds([Path(log) for log in plan.logs_of(outputs[0])]) for outputs in jobs]
    newest = max(Path(answer.path).stat().st_mtime for answer in chain)
    fresh = plan.settings.fresh_since
    return {
        "scale": plan.settings.scale,
        "experiment": experiment,
        "commit": told.commit,
        "date": datetime.fromtimestamp(newest, UTC).date().isoformat(),
        "machine": told.machine,
        "note": told.note,
        "fresh_since": fresh and fresh.isoformat(),
        "overlays": list(told.overlays),
        "further_overlays": dict(told.further),
        "settings": plan.block(experiment).model_dump(mode="json"),
        "libraries": sorted(libraries),
        "jobs": dict(sorted(Counter(jobs.values()).items())),
        "jobs_without_time": sum(one is None for one in seconds),
        "trainings": sum(any(path.endswith(_CURVE) for path in outputs) for outputs in jobs),
        "processor_seconds": round(sum(one for one in seconds if one is not None), 1),
    }
