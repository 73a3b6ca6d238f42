"""Instructions with answers to train on: the answers alone are learned."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from uncollapse.artifacts.datasets import TRAINING_PAIRS
from uncollapse.artifacts.parquet import read_table
from uncollapse.errors import DataError


@dataclass(frozen=True)
class Pairs:
    """Rows (N, T + 1) of token ids: end of text, instruction, answer, end of text, and padding up to the longest.

    Of row i the tokens from ``first[i]`` to before ``stop[i]`` are learned: the answer and the end of text behind it.
    """

    tokens: Tensor
    first: Tensor
    stop: Tensor

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def device(self) -> torch.device:
        """Device on which the rows lie."""
        return self.tokens.device

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Rows (B, L + 1), int64, as long as the longest of them, and which of the last L tokens are learned (B, L)."""
        width = int(self.stop[rows].max())
        place = torch.arange(1, width, device=self.device)
        learned = (place >= self.first[rows, None]) & (place < self.stop[rows, None])
        return self.tokens[rows, :width].long(), learned

    def loss_of(self, model: nn.Module) -> Callable[..., Tensor]:
        """Mean negative log-likelihood of a batch's learned tokens, in nats."""

        def loss(tokens: Tensor, learned: Tensor) -> Tensor:
            logits = model(input_ids=tokens[:, :-1], use_cache=False).logits
            return nn.functional.cross_entropy(logits[learned].float(), tokens[:, 1:][learned])

        return loss


def load_pairs(path: Path, *, context: int, end: int, device: torch.device) -> Pairs:
    """All pairs of a data set, in the order of the file.

    Raises
    ------
    DataError
        Where there is none, or one that does not fit the model's context.
    """
    table = read_table(path, TRAINING_PAIRS)
    prompts, answers = (table.column(name).to_pylist() for name in ("prompt_ids", "ids"))
    rows = [[end, *prompt, *answer, end] for prompt, answer in zip(prompts, answers, strict=True)]
    longest = max(map(len, rows), default=0)
    if not 0 < longest <= context + 1:
        what = f"a pair of {longest} tokens" if rows else "no pairs"
        raise DataError(f"{path}: {what} for a context of {context}; lower instructions.longest, or raise context")
    tokens = torch.tensor([row + [end] * (longest - len(row)) for row in rows], dtype=torch.int32, device=device)
    first = torch.tensor([1 + len(prompt) for prompt in prompts], device=device)
    return Pairs(tokens, first, torch.tensor([len(row) for row in rows], device=device))
