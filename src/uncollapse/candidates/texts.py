"""Answers of a language model to a group of prompts, and the stream of them a stage works through."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncollapse.artifacts.candidates import TEXT_CANDIDATES
from uncollapse.candidates.whole_prompts import read_prompts_in_order


@dataclass(frozen=True, kw_only=True)
class TextCandidates:
    """W answers to each of N prompts.

    ``prompt_id`` (N,); ``text`` N lists of W strings; ``tokens`` N lists of W arrays of ids of the model that wrote
    them, with the end-of-text token where it wrote one; ``log_prob`` (N, W) of all tokens under that model, in nats.
    """

    prompt_id: NDArray[np.int64]
    text: list[list[str]]
    tokens: list[list[NDArray[np.int32]]]
    log_prob: NDArray[np.float32]

    @property
    def width(self) -> int:
        """W."""
        return self.log_prob.shape[1]

    def measured(self, measure: Callable[[str], float]) -> NDArray[np.float64]:
        """A function of the text alone, for every candidate (N, W)."""
        return np.array([[measure(text) for text in texts] for texts in self.text], dtype=np.float64).reshape(
            self.log_prob.shape
        )


def read_text_candidates(paths: Path | Sequence[Path]) -> Iterator[TextCandidates]:
    """Row group by row group; each holds whole prompts, and the prompts follow each other without a gap."""
    for group in read_prompts_in_order(paths, TEXT_CANDIDATES):
        tokens = [np.asarray(ids, dtype=np.int32) for ids in group.table.column("tokens").to_pylist()]
        yield TextCandidates(
            prompt_id=group.prompt_id,
            text=_grouped(group.table.column("text").to_pylist(), group.width),
            tokens=_grouped(tokens, group.width),
            log_prob=group.column("log_prob"),
        )


def _grouped(values: list, width: int) -> list[list]:
    return [values[start : start + width] for start in range(0, len(values), width)]
