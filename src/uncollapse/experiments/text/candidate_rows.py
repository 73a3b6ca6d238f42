"""Rows of a language model's answers, and the integer that its random draws hang on."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from uncollapse.language.engines.interface import Answer


def draw_key(split: str, prompt_id: int) -> int:
    """The integer that random draws for a prompt hang on, whatever batch or shard it is in."""
    return int.from_bytes(hashlib.blake2b(f"{split} {prompt_id}".encode(), digest_size=8).digest()) >> 1


def candidate_rows(prompt_id: Sequence[int], answers: "Sequence[Sequence[Answer]]") -> dict[str, Any]:
    """Columns of TEXT_CANDIDATES from the answers to each prompt."""
    flat = [answer for several in answers for answer in several]
    return {
        "prompt_id": [number for number, several in zip(prompt_id, answers, strict=True) for _ in several],
        "rank": np.array([rank for several in answers for rank in range(len(several))], dtype=np.int16),
        "text": [answer.text for answer in flat],
        "tokens": [answer.tokens.tolist() for answer in flat],
        "log_prob": np.array([answer.log_prob for answer in flat], dtype=np.float32),
        "finished": [answer.finished for answer in flat],
    }
