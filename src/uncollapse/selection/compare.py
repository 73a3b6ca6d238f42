"""Prompts that a selector keeps beside those it drops: filtering by correctness also filters by difficulty."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import PromptsById
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.selection.select import choices
from uncollapse.selection.settings import DatasetSettings

_NORMAL_95 = 1.959963984540054


def compare(
    prompts: Path,
    candidates: Sequence[Path],
    scores: Sequence[Path],
    task: ModuleType,
    task_settings: Any,
    settings: DatasetSettings,
    *,
    available: int,
    count: Callable[..., None] | None = None,
) -> dict[str, list[Any]]:
    """Mean of every feature of the task over kept and over dropped prompts, with normal 95% intervals.

    ``count`` is told of every prompt, see :meth:`uncollapse.artifacts.parquet.ParquetWriter.count`.
    """
    source = PromptsById(prompts, prompt_schema(task.PROMPT_COLUMNS))
    sums: dict[str, NDArray[np.float64]] = {}
    for choice in choices(candidates, scores, settings, available=available):
        ids, kept = choice.group.prompt_id, choice.kept
        if count is not None:
            count(rows_in=len(ids), kept=int(kept.sum()), dropped=choice.dropped)
        for name, values in task.features(source.range(int(ids[0]), int(ids[-1])), task_settings).items():
            group = np.array([[len(v), v.sum(), (v**2).sum()] for v in (values[kept], values[~kept])])
            sums[name] = sums.get(name, np.zeros((2, 3))) + group
    rows: dict[str, list[Any]] = {"feature": list(sums)}
    for index, side in enumerate(("kept", "dropped")):
        intervals = [_interval(moments[index]) for moments in sums.values()]
        for part, name in enumerate(("mean", "low", "high")):
            rows[f"{side}_{name}"] = [interval[part] for interval in intervals]
    return rows


def _interval(moments: NDArray[np.float64]) -> tuple[float | None, float | None, float | None]:
    count, total, squares = moments.tolist()
    if count < 2:
        return None, None, None
    mean = total / count
    half = _NORMAL_95 * np.sqrt(max(squares / count - mean**2, 0.0) / (count - 1))
    return mean, mean - half, mean + half
