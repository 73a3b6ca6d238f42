"""Candidates that language models write: row groups of them, and the stream that later stages read.

Checked like those of sequence experiments: whole prompts, one after the other, ranked from 0.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from uncollapse.artifacts.candidates import TEXT_CANDIDATES
from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.candidates.sequences import prompts_and_width
from uncollapse.candidates.texts import TextCandidates
from uncollapse.errors import ArtifactError

if TYPE_CHECKING:
    from uncollapse.language.engines import Answer


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


def read_text_candidates(paths: Path | Sequence[Path]) -> Iterator[TextCandidates]:
    """Row group by row group; each holds whole prompts, and the prompts follow each other without a gap."""
    expected: int | None = None
    for path in [paths] if isinstance(paths, Path) else paths:
        for table in read_row_groups(path, TEXT_CANDIDATES):
            prompt_id, width = prompts_and_width(table, str(path))
            if expected is not None and prompt_id[0] != expected:
                raise ArtifactError(
                    f"{path}: prompt {prompt_id[0]} where {expected} should follow; delete it and rerun"
                )
            expected = int(prompt_id[-1]) + 1
            tokens = [np.asarray(ids, dtype=np.int32) for ids in table.column("tokens").to_pylist()]
            yield TextCandidates(
                prompt_id=prompt_id,
                text=_grouped(table.column("text").to_pylist(), width),
                tokens=_grouped(tokens, width),
                log_prob=table.column("log_prob").to_numpy().reshape(-1, width),
            )


def _grouped(values: list, width: int) -> list[list]:
    return [values[start : start + width] for start in range(0, len(values), width)]
