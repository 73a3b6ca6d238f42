"""Accuracy within a tolerance, of a model's own first choice and of the best it has to offer (Feng et al., Table 1)."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.artifacts import PromptsById
from uncollapse.errors import ArtifactError
from uncollapse.schemas import prompts as prompt_schema
from uncollapse.verifiers.candidates import read_candidates


def outcomes(
    prompts: Path, candidates: Sequence[Path], task: ModuleType, task_settings: Any
) -> dict[str, NDArray[Any]]:
    """Arrays (N,): ``prompt_id``, ``first_error`` of the most probable candidate, ``best_error`` among all."""
    source = PromptsById(prompts, prompt_schema(task.PROMPT_COLUMNS))
    ids, first, best = [], [], []
    for group in read_candidates(candidates):
        table = source.range(int(group.prompt_id[0]), int(group.prompt_id[-1]))
        error = task.error(group.tokens, table, task_settings)
        ids.append(group.prompt_id)
        first.append(error[:, 0])
        best.append(error.min(1))
    if not ids:
        raise ArtifactError(f"{candidates[0]}: no candidates; delete it and rerun labelling")
    columns = {"prompt_id": ids, "first_error": first, "best_error": best}
    return {name: np.concatenate(parts) for name, parts in columns.items()}


def accuracies(found: dict[str, NDArray[Any]], tolerances: Sequence[float], *, beams: int) -> dict[str, list[Any]]:
    """Rows of an evaluation: for each selection and tolerance, how many prompts are answered with a smaller error."""
    rows: dict[str, list[Any]] = {
        name: [] for name in ("selection", "beams", "tolerance", "prompts", "correct", "accuracy")
    }
    for selection, column in (("verify_all", "best_error"), ("verify_best", "first_error")):
        errors = found[column]
        for tolerance in tolerances:
            correct = int((errors < tolerance).sum())
            values = (selection, beams, tolerance, len(errors), correct, correct / len(errors))
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return rows
