"""Tables of an experiment in rejection sampling, as the commands' code reads them: prompts, and candidates to judge."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.errors import ArtifactError
from uncollapse.prompts.further_columns import FurtherColumns, cell
from uncollapse.prompts.prompt import Prompt
from uncollapse.prompts.prompt_file import PromptColumns, PromptFile

_OWN = ("prompt_id", "sample", "prompt", "messages", "system", "answer", "text")
_OF_SAMPLING = ("status", "prompt_tokens", "completion_tokens", "log_prob")


def conversations(asked: pa.Table) -> bool:
    """Whether prompts are conversations; all of a file are, or none is."""
    return asked.column("prompt").null_count > 0


def prompts_of(asked: pa.Table) -> Iterator[Prompt]:
    """Prompts of a table in order."""
    for row in asked.select(["prompt_id", "prompt", "messages", "system"]).to_pylist():
        yield Prompt(row["prompt_id"], row["prompt"] or row["messages"], row["system"])


def write_prompt_file(asked: pa.Table, path: Path) -> PromptFile:
    """Prompts as a file that the code of ``uncollapse sample`` asks."""
    column = "messages" if conversations(asked) else "prompt"
    pq.write_table(asked.select(["prompt_id", column, "system"]), path)
    return PromptFile(path, PromptColumns(prompt=column, id="prompt_id", system="system"))


def check_alike(sampled: pa.Table, others: pa.Table, *, name: str) -> None:
    """Check that verdicts are those of these very candidates, in their order.

    Raises
    ------
    ArtifactError
        Where they are not.
    """
    for column in ("prompt_id", "sample"):
        if not sampled.column(column).combine_chunks().equals(others.column(column).combine_chunks()):
            raise ArtifactError(f"verdicts of {name!r} are of other candidates; delete them and rerun")


def write_candidates_to_judge(
    asked: pa.Table, sampled: pa.Table, told: Mapping[str, pa.Table], path: Path
) -> list[str]:
    """Candidates beside their prompts' columns and other verifiers' words, as a file that verifiers read; its columns.

    ``told``: verdicts by the name of the verifier, whose columns are ``<name>.accepted`` and ``<name>.score``.
    """
    place = {name: number for number, name in enumerate(asked.column("prompt_id").to_pylist())}
    places = pa.array([place[name] for name in sampled.column("prompt_id").to_pylist()], pa.int64())
    beside = asked.take(places)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {name: sampled.column(name) for name in ("prompt_id", "sample")}
    asked_as = "messages" if conversations(asked) else "prompt"
    columns |= {name: beside.column(name) for name in (asked_as, "system", "answer")}
    columns |= {name: sampled.column(name) for name in ("text", *_OF_SAMPLING)}
    rows = [json.loads(text) for text in beside.column("further").to_pylist()]
    kinds = FurtherColumns()
    for row in rows:
        kinds.add(row)
    for one in kinds.fields():
        if one.name not in columns and one.name not in _OWN:
            columns[one.name] = pa.array([cell(row.get(one.name), one.type) for row in rows], one.type)
    for name, verdicts in told.items():
        check_alike(sampled, verdicts, name=name)
        columns |= {f"{name}.{what}": verdicts.column(what) for what in ("accepted", "score")}
    pq.write_table(pa.table(columns), path)
    return list(columns)
