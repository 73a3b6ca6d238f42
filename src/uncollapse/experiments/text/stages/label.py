"""Let a language model answer prompts."""

import hashlib
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from uncollapse.artifacts.candidates import TEXT_CANDIDATES
from uncollapse.artifacts.parquet import ParquetWriter, PromptsById, row_count
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.errors import DataError
from uncollapse.experiments.text.prompts import ROW_GROUP, ending_of
from uncollapse.jobs.sharding import shard_of
from uncollapse.jobs.stage import Stage
from uncollapse.language.engines.choose import load_engine
from uncollapse.language.engines.interface import Answer
from uncollapse.language.given_back import GivenBack
from uncollapse.language.settings import EngineSettings, SamplingSettings
from uncollapse.language.text import encode_prompt
from uncollapse.statistics.counted import exceeds

LEARNED = "synthesize"  # the split whose answers students learn from


def run(stage: Stage) -> None:
    """Inputs prompts, initial (a language model), weights (what training changed of it); output candidates.

    Spec: engine, sampling, template, most_unusable, split, shard, shards.
    """

    spec = stage.spec
    sampling = SamplingSettings(**spec["sampling"])
    settings = EngineSettings(**spec["engine"])
    engine = load_engine(stage.input("initial"), settings, threads=stage.threads, changed=stage.input("weights"))
    longest = engine.context - sampling.max_new_tokens
    prompts = row_count(stage.input("prompts"))
    mine = shard_of(-(-prompts // ROW_GROUP), spec["shard"], spec["shards"])
    source = PromptsById(stage.input("prompts"), TEXT_PROMPTS)
    progress = stage.progress(unit="prompts")
    progress.start(total=min(mine.stop * ROW_GROUP, prompts) - mine.start * ROW_GROUP if mine else 0)
    shortened = unfinished = empty = 0
    ending = ending_of(spec["template"])
    given_back = GivenBack(engine.tokenizer)
    with ParquetWriter(stage.output("candidates"), TEXT_CANDIDATES) as writer:
        # a row group is answered as a whole: a prompt meets the same companions however the groups are shared out
        for number in mine:
            table = source.range(number * ROW_GROUP, min((number + 1) * ROW_GROUP, prompts) - 1)
            ids = table.column("prompt_id").to_pylist()
            texts = table.column("prompt").to_pylist()
            given_back.read((f"prompt {prompt_id}" for prompt_id in ids), texts)
            read = [encode_prompt(engine.tokenizer, text, longest=longest, ending=ending) for text in texts]
            keys = [draw_key(spec["split"], prompt_id) for prompt_id in ids]
            answers = engine.generate([tokens for tokens, _ in read], sampling, keys=keys)
            writer.write(candidate_rows(ids, answers))
            writer.count(rows_in=len(ids), kept=len(ids))
            shortened += sum(cut for _, cut in read)
            written = [answer for several in answers for answer in several]
            empty += sum(not answer.text.strip() for answer in written)
            unfinished += sum(not answer.finished and bool(answer.text.strip()) for answer in written)
            progress.update(writer.kept)
    progress.finish()
    given_back.tell("prompts")
    print(
        f"{shortened:,} prompts were longer than the context of {engine.context:,} tokens and lost their end;"
        f" {unfinished:,} answers reached {sampling.max_new_tokens} tokens without an end; {empty:,} are empty",
        file=sys.stderr,
    )
    if spec["split"] == LEARNED:
        check_answers(
            writer.kept * sampling.candidates,
            empty=empty,
            unfinished=unfinished,
            longest=sampling.max_new_tokens,
            most=spec["most_unusable"],
        )


def check_answers(count: int, *, empty: int, unfinished: int, longest: int, most: float) -> None:
    """Refuse answers of which more than a share are empty or have no end, since students would learn from them.

    Raises
    ------
    DataError
        With both counts, and what to change.
    """
    if exceeds(empty + unfinished, count, most):
        raise DataError(
            f"of {count:,} answers {empty:,} are empty and {unfinished:,} reached {longest} tokens without an end, more"
            f" than most_unusable allows ({100 * most:g}%): train the generator for longer, on prompts that fit its"
            " block (data.prompt_words), raise max_new_tokens, or raise most_unusable of the experiment"
        )


def draw_key(split: str, prompt_id: int) -> int:
    """The integer that random draws for a prompt hang on, whatever batch or shard it is in."""
    return int.from_bytes(hashlib.blake2b(f"{split} {prompt_id}".encode(), digest_size=8).digest()) >> 1


def candidate_rows(prompt_id: Sequence[int], answers: Sequence[Sequence[Answer]]) -> dict[str, Any]:
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
