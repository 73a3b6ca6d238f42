"""The rows of a data set from judged candidates, streamed, every prompt accounted for."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import ParquetWriter, PromptsById, row_count
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.candidates.judged import Judged, Scores, read_judged
from uncollapse.errors import ArtifactError
from uncollapse.selection.choose import Choice, chosen
from uncollapse.selection.settings import DatasetSettings

TRUE_LABEL = -1  # rank of a row that holds the true answer


def select_labels(
    writer: ParquetWriter, prompts: Path, task: ModuleType, task_settings: Any, settings: DatasetSettings
) -> None:
    """Prompts with their true answers, up to ``settings.size``."""
    tables, again = itertools.tee(PromptsById(prompts, prompt_schema(task.PROMPT_COLUMNS)).groups())
    # one candidate each, the true answer; its score of 0 says nothing
    groups = (Scores(prompt_id=t.column("prompt_id").to_numpy(), scores=np.zeros((len(t), 1))) for t in tables)
    choices_of_labels = chosen(groups, settings, prompts=row_count(prompts), size=settings.size)
    for every, choice in zip(again, choices_of_labels, strict=True):
        table = every.filter(pa.array(choice.kept))
        if len(table):
            ranks = np.full(len(table), TRUE_LABEL, dtype=np.int16)
            _write(writer, table, task.answer_tokens(table, task_settings), ranks, task, task_settings, settings.split)
        writer.count(rows_in=len(choice.rank), kept=len(table), dropped=choice.dropped)


def select_synthesized(
    writer: ParquetWriter,
    prompts: Path,
    candidates: Sequence[Path],
    scores: Sequence[Path],
    task: ModuleType,
    task_settings: Any,
    settings: DatasetSettings,
    *,
    available: int,
) -> None:
    """Prompts with the candidate the selector chooses; ``available`` is how many prompts are labelled."""
    source = PromptsById(prompts, prompt_schema(task.PROMPT_COLUMNS))
    layout = task.layout(task_settings)
    for choice in choices(candidates, scores, settings, available=available, size=settings.size):
        ids, kept = choice.group.prompt_id, choice.kept
        table = source.range(int(ids[0]), int(ids[-1])).filter(pa.array(kept))
        if len(table):
            ranks = choice.rank[kept]
            answers = choice.group.candidates.tokens[kept, ranks]
            if not layout.holds(answers):
                raise ArtifactError(f"{candidates[0]}: tokens that are no answer to the task; rerun labelling")
            _write(writer, table, answers, ranks.astype(np.int16), task, task_settings, settings.split)
        writer.count(rows_in=len(ids), kept=len(table), dropped=choice.dropped)


def choices(
    candidates: Sequence[Path],
    scores: Sequence[Path],
    settings: DatasetSettings,
    *,
    available: int,
    size: int | None = None,
) -> Iterator[Choice[Judged]]:
    """Choices of the selector from each group of judged candidates, of the first ``size`` prompts at most.

    Raises
    ------
    ArtifactError
        Where the candidates are not those of the first ``available`` prompts, all of them, once.
    """
    return chosen(_of_all_prompts(candidates, scores, available), settings, prompts=available, size=size)


def _of_all_prompts(candidates: Sequence[Path], scores: Sequence[Path], available: int) -> Iterator[Judged]:
    seen = 0
    for judged in read_judged(candidates, scores):
        first, seen = seen, seen + len(judged.prompt_id)
        if judged.prompt_id[0] != first or seen > available:
            raise ArtifactError(
                f"{candidates[0]}: prompts {judged.prompt_id[0]} to {judged.prompt_id[-1]} where"
                f" {first} to {available - 1} should follow; rerun labelling"
            )
        yield judged
    if seen != available:
        raise ArtifactError(
            f"{candidates[0]}: candidates for {seen:,} prompts, but {available:,} should be labelled; rerun labelling"
        )


def _write(
    writer: ParquetWriter,
    table: pa.Table,
    answers: NDArray[np.integer],
    ranks: NDArray[np.int16],
    task: ModuleType,
    task_settings: Any,
    split: str,
) -> None:
    writer.write(
        {
            "split": [split] * len(table),
            "prompt_id": table.column("prompt_id"),
            "rank": ranks,
            "prompt_tokens": task.prompt_tokens(table, task_settings),
            "answer_tokens": answers,
        }
    )
