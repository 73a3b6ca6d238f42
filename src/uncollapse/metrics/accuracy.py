"""Accuracy within a tolerance, of a model's own first choice and of the best it has to offer (Feng et al., Table 1)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from numpy.typing import NDArray

from uncollapse.artifacts.parquet import PromptsById
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.candidates.sequences import read_candidates
from uncollapse.errors import ArtifactError

_ERROR = {"verify_all": "best_error", "verify_best": "first_error"}  # whose error counts


def outcomes(
    prompts: Path, candidates: Sequence[Path], task: ModuleType, task_settings: Any
) -> Iterator[dict[str, NDArray[Any]]]:
    """Arrays (N,) by group: ``prompt_id``, ``first_error`` of the most probable candidate, ``best_error`` of any.

    Raises
    ------
    ArtifactError
        Where there are no candidates at all.
    """
    source = PromptsById(prompts, prompt_schema(task.PROMPT_COLUMNS))
    group = None
    for group in read_candidates(candidates):
        table = source.range(int(group.prompt_id[0]), int(group.prompt_id[-1]))
        error = task.error(group.tokens, table, task_settings)
        yield {"prompt_id": group.prompt_id, "first_error": error[:, 0], "best_error": error.min(1)}
    if group is None:
        raise ArtifactError(f"{candidates[0]}: no candidates; delete it and rerun labelling")


class Accuracies:
    """Counts, over any number of groups of outcomes, how many prompts are answered with a smaller error."""

    def __init__(self, tolerances: Sequence[float], *, beams: int) -> None:
        self.tolerances, self.beams = list(tolerances), beams
        self.prompts = 0
        self._correct = {selection: [0] * len(self.tolerances) for selection in _ERROR}

    def add(self, found: dict[str, NDArray[Any]]) -> None:
        """One group of :func:`outcomes`."""
        self.prompts += len(found["prompt_id"])
        for selection, column in _ERROR.items():
            for place, tolerance in enumerate(self.tolerances):
                self._correct[selection][place] += int((found[column] < tolerance).sum())

    def rows(self) -> dict[str, list[Any]]:
        """Rows of an evaluation, one for each selection and tolerance."""
        cells = [
            (selection, self.beams, tolerance, self.prompts, correct, correct / self.prompts)
            for selection, counts in self._correct.items()
            for tolerance, correct in zip(self.tolerances, counts, strict=True)
        ]
        names = ("selection", "beams", "tolerance", "prompts", "correct", "accuracy")
        return {name: list(column) for name, column in zip(names, zip(*cells, strict=True), strict=True)}
