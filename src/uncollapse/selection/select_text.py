"""From judged candidates, or true answers, to the rows of a text data set: every prompt accounted for.

Which prompts are kept depends on all scores, so these are read first (8 bytes a prompt); texts are streamed. An empty
candidate is one like any other: a verifier that likes empty answers should be seen to do so.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import ParquetWriter, PromptsById, row_count
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.candidates.judged import read_scores
from uncollapse.errors import ArtifactError
from uncollapse.selection.shares import random_share, top_share
from uncollapse.selection.text_settings import TextDatasetSettings
from uncollapse.text_candidates import read_text_candidates

TRUE_ANSWER = -1  # rank of a row that holds the true answer
_REASONS = {"top": "outside the highest-scoring share", "random": "not drawn", "labels": "not drawn", "all": ""}


def first_scores(paths: Sequence[Path], *, prompts: int) -> NDArray[np.float64]:
    """Scores (N,) of the first candidate of every prompt, in prompt order.

    Raises
    ------
    ArtifactError
        Where they are not those of all N prompts, once.
    """
    ids, scores = [], []
    for prompt_id, score, _ in read_scores(paths):
        ids.append(prompt_id)
        scores.append(score[:, 0])
    found = np.concatenate(ids) if ids else np.array([], dtype=np.int64)
    if not np.array_equal(found, np.arange(prompts)):
        raise ArtifactError(
            f"{paths[0]}: scores of {len(found):,} prompts where {prompts:,} were expected; rerun verify"
        )
    return np.concatenate(scores)


def kept_prompts(settings: TextDatasetSettings, scores: Sequence[Path], *, prompts: int) -> NDArray[np.bool_]:
    """A mask (N,) of the prompts that a data set keeps; ``scores`` are the verifier's, for select: top."""
    if settings.select == "top":
        return top_share(first_scores(scores, prompts=prompts), settings.share)
    if settings.select == "all" or settings.share == 1:
        return np.ones(prompts, dtype=np.bool_)
    return random_share(prompts, settings.share, seed=settings.seed)


def select_texts(
    writer: ParquetWriter,
    prompts: Path,
    candidates: Sequence[Path],
    scores: Sequence[Path],
    settings: TextDatasetSettings,
) -> None:
    """Rows of the data set: of true answers where there are no candidates, else of each kept prompt's first one.

    Raises
    ------
    ArtifactError
        Where candidates and scores are not those of all prompts, once.
    """
    kept = kept_prompts(settings, scores, prompts=row_count(prompts))
    source = PromptsById(prompts, TEXT_PROMPTS)
    if settings.select == "labels":
        for table in source.groups():
            here = table.filter(pa.array(kept[table.column("prompt_id").to_numpy()]))
            _write(writer, settings, here, here.column("answer").to_pylist(), TRUE_ANSWER, of=len(table))
    else:
        done = 0
        for group in read_text_candidates(candidates):
            ids = group.prompt_id
            table = source.range(int(ids[0]), int(ids[-1]))
            answers = [texts[0] for texts, keep in zip(group.text, kept[ids], strict=True) if keep]
            _write(writer, settings, table.filter(pa.array(kept[ids])), answers, 0, of=len(table))
            done += len(ids)
        if done != len(kept):
            raise ArtifactError(f"{candidates[0]}: answers to {done:,} of {len(kept):,} prompts; rerun labelling")


def _write(
    writer: ParquetWriter, settings: TextDatasetSettings, table: pa.Table, answers: list[str], rank: int, *, of: int
) -> None:
    if answers:
        writer.write(
            {
                "split": [settings.split] * len(answers),
                "prompt_id": table.column("prompt_id"),
                "rank": np.full(len(answers), rank, dtype=np.int16),
                "prompt": table.column("prompt"),
                "answer": answers,
            }
        )
    writer.count(rows_in=of, kept=len(answers), dropped={_REASONS[settings.select]: of - len(answers)})
