"""From judged candidates to the rows of a data set, streamed, every prompt accounted for."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import ParquetWriter, PromptsById
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.candidates.judged import Judged, read_judged
from uncollapse.errors import ArtifactError
from uncollapse.selection.choose import CHOOSERS, REJECTED, RandomRows
from uncollapse.selection.settings import DatasetSettings

TRUE_LABEL = -1  # rank of a row that holds the true answer


def select_labels(
    writer: ParquetWriter, prompts: Path, task: ModuleType, task_settings: Any, settings: DatasetSettings
) -> None:
    """Prompts with their true answers, up to ``settings.size`` after the first ``settings.skip``."""
    source = PromptsById(prompts, prompt_schema(task.PROMPT_COLUMNS))
    for table in source.groups():
        skipped = min(len(table), max(0, settings.skip - writer.rows_in))
        keep = table.slice(skipped, None if settings.size is None else settings.size - writer.kept)
        if len(keep):
            ranks = np.full(len(keep), TRUE_LABEL, dtype=np.int16)
            _write(writer, keep, task.answer_tokens(keep, task_settings), ranks, task, task_settings, settings.split)
        dropped = {"skipped": skipped, "beyond the size": len(table) - skipped - len(keep)}
        writer.count(rows_in=len(table), kept=len(keep), dropped=dropped)


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
    for judged, rank, kept, dropped in choices(candidates, scores, settings, available=available):
        ids = judged.candidates.prompt_id
        table = source.range(int(ids[0]), int(ids[-1])).filter(pa.array(kept))
        if len(table):
            answers = judged.candidates.tokens[kept, rank[kept]]
            if not layout.holds(answers):
                raise ArtifactError(f"{candidates[0]}: tokens that are no answer to the task; rerun labelling")
            _write(writer, table, answers, rank[kept].astype(np.int16), task, task_settings, settings.split)
        writer.count(rows_in=len(ids), kept=int(kept.sum()), dropped=dropped)


def choices(
    candidates: Sequence[Path], scores: Sequence[Path], settings: DatasetSettings, *, available: int
) -> Iterator[tuple[Judged, NDArray[np.int64], NDArray[np.bool_], dict[str, int]]]:
    """Per group of N prompts: what is judged, chosen ranks (N,), which prompts are kept (N,), why others are not.

    Raises
    ------
    ArtifactError
        Where the candidates are not those of the first ``available`` prompts, all of them, once.
    """
    choose = CHOOSERS[settings.select]
    lucky = RandomRows(available, settings.size, seed=settings.seed) if settings.select == "random" else None
    size = available if settings.size is None or lucky is not None else settings.size
    done = seen = 0
    for judged in read_judged(candidates, scores):
        first, seen = seen, seen + len(judged.candidates.prompt_id)
        if judged.candidates.prompt_id[0] != first or seen > available:
            raise ArtifactError(
                f"{candidates[0]}: prompts {judged.candidates.prompt_id[0]} to {judged.candidates.prompt_id[-1]} where"
                f" {first} to {available - 1} should follow; rerun labelling"
            )
        rank = choose(judged.scores, judged.accepted)
        kept = rank != REJECTED
        dropped = {"rejected by the verifier": int((~kept).sum())}
        if lucky is not None:
            kept = lucky.take(len(kept))
            dropped["not drawn"] = int((~kept).sum())
        within = done + np.cumsum(kept) <= size
        dropped["beyond the size"] = int((kept & ~within).sum())
        kept = kept & within
        done += int(kept.sum())
        yield judged, rank, kept, dropped
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
