"""Answers to a group of prompts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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
