"""The rows of a text data set from judged candidates, or true answers: every prompt accounted for.

Which prompts are kept depends on all scores, so these are read first (8 bytes a candidate); texts are streamed. An
empty candidate is one like any other: a verifier that likes empty answers should be seen to do so.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import ParquetWriter, PromptsById, row_count
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.candidates.judged import Scores, read_scores
from uncollapse.candidates.texts import read_text_candidates
from uncollapse.errors import ArtifactError
from uncollapse.selection.choose import Choice, chosen
from uncollapse.selection.text_settings import TextDatasetSettings

TRUE_ANSWER = -1  # rank of a row that holds the true answer


def all_scores(paths: Sequence[Path], *, prompts: int) -> Scores:
    """The scores of all prompts, in their order.

    Raises
    ------
    ArtifactError
        Where they are not those of all N prompts, once.
    """
    groups = list(read_scores(paths))
    found = np.concatenate([group.prompt_id for group in groups]) if groups else np.array([], dtype=np.int64)
    if not np.array_equal(found, np.arange(prompts)):
        raise ArtifactError(
            f"{paths[0]}: scores of {len(found):,} prompts where {prompts:,} were expected; rerun verify"
        )
    accepted = [group.accepted for group in groups if group.accepted is not None]
    return Scores(
        prompt_id=found,
        scores=np.concatenate([group.scores for group in groups]),
        accepted=np.concatenate(accepted) if len(accepted) == len(groups) else None,
    )


def choose_texts(settings: TextDatasetSettings, scores: Sequence[Path], *, prompts: int) -> Choice[Scores]:
    """Choices of a data set from all prompts; ``scores`` are the verifier's, for a selector that reads them."""
    if settings.verifier is not None:
        group = all_scores(scores, prompts=prompts)
    else:
        group = Scores(prompt_id=np.arange(prompts), scores=np.zeros((prompts, 1)))
    (choice,) = chosen([group], settings, prompts=prompts)
    return choice


def select_texts(
    writer: ParquetWriter,
    prompts: Path,
    candidates: Sequence[Path],
    scores: Sequence[Path],
    settings: TextDatasetSettings,
) -> None:
    """Rows of the data set: of true answers where no decoding is selected from, else of each kept prompt's candidate.

    Raises
    ------
    ArtifactError
        Where candidates and scores are not those of all prompts, once.
    """
    total = row_count(prompts)
    choice = choose_texts(settings, scores, prompts=total)
    source = PromptsById(prompts, TEXT_PROMPTS)
    if settings.decoding is None:
        for table in source.groups():
            here = table.filter(pa.array(choice.kept[table.column("prompt_id").to_numpy()]))
            _write(writer, settings, here, here.column("answer").to_pylist(), np.full(len(here), TRUE_ANSWER))
    else:
        done = 0
        for group in read_text_candidates(candidates):
            ids = group.prompt_id
            rank = choice.rank[ids]
            table = source.range(int(ids[0]), int(ids[-1])).filter(pa.array(rank >= 0))
            answers = [texts[place] for texts, place in zip(group.text, rank.tolist(), strict=True) if place >= 0]
            _write(writer, settings, table, answers, rank[rank >= 0])
            done += len(ids)
        if done != total:
            raise ArtifactError(f"{candidates[0]}: answers to {done:,} of {total:,} prompts; rerun labelling")
    writer.count(rows_in=total, kept=int(choice.kept.sum()), dropped=choice.dropped)


def _write(
    writer: ParquetWriter,
    settings: TextDatasetSettings,
    table: pa.Table,
    answers: list[str],
    ranks: NDArray[np.integer],
) -> None:
    if answers:
        writer.write(
            {
                "split": [settings.split] * len(answers),
                "prompt_id": table.column("prompt_id"),
                "rank": ranks.astype(np.int16),
                "prompt": table.column("prompt"),
                "answer": answers,
            }
        )
