"""The layout of a task's prompts and answers as token sequences."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class SequenceLayout:
    """Fixed-length prompts (S tokens) and answers (T tokens) over one shared vocabulary (V tokens).

    ``answer_choices`` holds, for each of the T answer positions, the half-open range ``(start, stop)`` of tokens that
    may stand there. A sign needs 2 logits, not 1,204: the output layer and the beam search look at that range alone,
    so an answer is well formed by construction.

    >>> layout = SequenceLayout(vocabulary_size=5, start_token=0, prompt_length=2, answer_choices=((1, 3), (3, 5)))
    >>> layout.answer_length, layout.positions_by_choice()
    (2, {(1, 3): [0], (3, 5): [1]})
    """

    vocabulary_size: int
    start_token: int
    prompt_length: int
    answer_choices: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        for start, stop in self.answer_choices:
            if not 0 <= start < stop <= self.vocabulary_size:
                raise ValueError(f"answer choice ({start}, {stop}) is no range within {self.vocabulary_size} tokens")

    @property
    def answer_length(self) -> int:
        """T, the number of answer positions."""
        return len(self.answer_choices)

    def holds(self, answers: NDArray[np.integer]) -> bool:
        """Whether answers (..., n) are of T tokens, each in the range of its position."""
        starts, stops = np.array(self.answer_choices).T
        return answers.shape[-1] == self.answer_length and bool(((answers >= starts) & (answers < stops)).all())

    def positions_by_choice(self) -> dict[tuple[int, int], list[int]]:
        """Answer positions that share a range of tokens, so that each range is projected once."""
        positions: dict[tuple[int, int], list[int]] = {}
        for position, choice in enumerate(self.answer_choices):
            positions.setdefault(choice, []).append(position)
        return positions
