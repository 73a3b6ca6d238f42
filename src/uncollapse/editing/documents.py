"""A part of a corpus as token ids, laid end to end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Documents:
    """D documents of N tokens in all.

    document_id : (D,) int64, what random draws are keyed by
    tokens : (N,) int32
    offsets : (D + 1,) int64, document i is tokens[offsets[i] : offsets[i + 1]]
    prompts : for each document what comes before it and is not edited, such as an instruction; often nothing
    """

    document_id: NDArray[np.int64]
    tokens: NDArray[np.int32]
    offsets: NDArray[np.int64]
    prompts: tuple[NDArray[np.int32], ...]

    @classmethod
    def of_lists(
        cls,
        document_id: NDArray[np.int64],
        tokens: Sequence[Sequence[int] | NDArray[np.int32]],
        prompts: Sequence[Sequence[int] | NDArray[np.int32]] | None = None,
    ) -> Self:
        """Documents from one list of ids each."""
        lengths = np.asarray([len(row) for row in tokens], dtype=np.int64)
        flat = [np.asarray(row, dtype=np.int32) for row in tokens]
        before = prompts if prompts is not None else [()] * len(tokens)
        return cls(
            np.asarray(document_id, dtype=np.int64),
            np.concatenate(flat) if flat else np.empty(0, np.int32),
            np.concatenate([[0], np.cumsum(lengths)]),
            tuple(np.asarray(row, dtype=np.int32) for row in before),
        )

    def __len__(self) -> int:
        return len(self.document_id)

    def rows(self) -> list[NDArray[np.int32]]:
        """One array of ids per document."""
        return np.split(self.tokens, self.offsets[1:-1]) if len(self) else []

    @property
    def owner(self) -> NDArray[np.int64]:
        """(N,) the number of the document that each token belongs to, from 0."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    @property
    def position(self) -> NDArray[np.int64]:
        """(N,) each token's place within its document, from 0."""
        return np.arange(len(self.tokens)) - self.offsets[self.owner]
