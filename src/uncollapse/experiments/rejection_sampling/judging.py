"""Judgement of candidates by one verifier, within a job: chunk by chunk, each on disk before the next begins."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.errors import DataError
from uncollapse.experiments.rejection_sampling.tables import conversations, write_candidates_to_judge
from uncollapse.jobs.parts import Parts
from uncollapse.jobs.stage import Stage
from uncollapse.settings.finding import load_plugin
from uncollapse.verification.columns import Columns
from uncollapse.verification.judging import judge_all, judged_parts
from uncollapse.verification.named import PACKAGE, Named
from uncollapse.verification.part_columns import part_schema


def judged(
    stage: Stage, asked: pa.Table, sampled: pa.Table, told: Mapping[str, pa.Table], *, output: str
) -> dict[str, list[Any]]:
    """Score, accepted, reason and failed of every candidate, in their order.

    Spec: name, verifier, most_failed. A killed job goes on beside its ``output`` where it was.

    Raises
    ------
    DataError
        For prompts without true answers where the verifier needs them, a column that it reads and nobody has, and a
        verifier that fails too often.
    """
    spec = stage.spec
    names = ("score", "accepted", "reason", "failed")
    if not len(sampled):
        return {name: [] for name in names}
    block = spec["verifier"]
    module = load_plugin(block["kind"], package=PACKAGE)
    named = Named(spec["name"], module, module.Settings.model_validate(block, by_alias=True, by_name=True))
    folder = stage.checkpoint(output)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "candidates.parquet"
    there = write_candidates_to_judge(asked, sampled, told, path)
    _check_columns(named, asked, there)
    columns = Columns(
        "text", "messages" if conversations(asked) else "prompt", "prompt_id", "answer", tuple(_read_by(named))
    )
    parts = Parts(folder / "verdicts.parquet", stage.identity(), part_schema([named], None))
    parts.begin()
    judge_all(
        path,
        columns,
        [named],
        None,
        parts,
        total=len(sampled),
        threads=stage.threads,
        most_failed=spec["most_failed"],
        progress=stage.progress(unit="candidates"),
    )
    table = pa.concat_tables(_read(parts))
    return {name: table.column(f"{named.name}.{name}").to_pylist() for name in names}


def _read_by(named: Named) -> list[str]:
    return list(dict.fromkeys(getattr(named.settings, "reads", ())))


def _read(parts: Parts) -> list[pa.Table]:
    return [pq.read_table(Path(path)) for path in judged_parts(parts)]


def _check_columns(named: Named, asked: pa.Table, there: list[str]) -> None:
    if "answer" in named.needs and asked.column("answer").null_count == len(asked):
        raise DataError(
            f"verifiers.{named.name}: {named.settings.kind} needs true answers, and the prompts have none: name their"
            " column with files.answer, or judge without them (agreement, format, judge, reward_model)"
        )
    missing = [name for name in _read_by(named) if name not in there]
    if missing:
        raise DataError(
            f"verifiers.{named.name}: reads the column {missing[0]!r}, which candidates do not have; there are"
            f" {', '.join(there)}, and <verifier>.accepted of any other verifier"
        )
