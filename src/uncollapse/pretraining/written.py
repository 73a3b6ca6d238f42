"""Text that a base model writes for a data set: its own, or human passages rephrased (Zhu et al. 2024, Table 14)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from uncollapse.artifacts.parquet import read_row_groups, read_table
from uncollapse.artifacts.passages import PASSAGE_TOKENS, PASSAGES
from uncollapse.editing.documents import encode
from uncollapse.errors import DataError
from uncollapse.jobs.parts import Parts
from uncollapse.jobs.progress import Progress
from uncollapse.language.text import encode_prompt
from uncollapse.pretraining.mixtures import END
from uncollapse.pretraining.settings import SAMPLED
from uncollapse.pretraining.writing_settings import Method, PromptSettings, WritingSettings
from uncollapse.randomness.hashing import hash_rows

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from uncollapse.language.engines.interface import Engine


class Passage(NamedTuple):
    """A human passage that is read; ``place`` is a hash of its text in [0, 1)."""

    place: float
    passage_id: int
    text: str


def prompts_of(settings: PromptSettings, texts: Sequence[str]) -> dict[str, list[str]]:
    """Prompts by method: what the model continues of each text, its first words or an instruction with all of it.

    >>> prompts_of(PromptSettings(prompt_words=2, rephrase="Reword: {text} >"), ["a b c"])
    {'synthetic': ['a b'], 'rephrased': ['Reword: a b c >']}
    """
    return {
        "synthetic": [" ".join(text.split()[: settings.prompt_words]) for text in texts],
        "rephrased": [settings.rephrase.replace("{text}", text) for text in texts],
    }


def read_prompts(engine: Engine, prompts: Sequence[str], *, max_new_tokens: int) -> list[list[int]]:
    """Prompts as token ids.

    Raises
    ------
    DataError
        For one that leaves no room to write in the model's context: cut, it would lose what to do with the text.
    """
    longest, found = engine.context - max_new_tokens, []
    for prompt in prompts:
        ids, cut = encode_prompt(engine.tokenizer, prompt, longest=max(longest, 1))
        if cut or longest < 1:
            raise DataError(
                f"a prompt leaves no room for max_new_tokens {max_new_tokens} in the model's context of"
                f" {engine.context} tokens: lower max_new_tokens, shorten rephrase, or lower data.passage_words"
            )
        found.append(ids)
    return found


def passages_of(path: Path, corpus: str) -> list[Passage]:
    """The training passages of a corpus (PASSAGES), in the order in which data sets take them."""
    found = []
    for table in read_row_groups(path, PASSAGES):
        mine = table.filter(pc.equal(table.column("corpus"), corpus))
        columns = (mine.column(name).to_pylist() for name in Passage._fields)
        found += [Passage(*row) for row in zip(*columns, strict=True)]
    return sorted(found)


def write(
    engine: Engine,
    tokenizer: PreTrainedTokenizerFast,
    passages: Sequence[Passage],
    *,
    how: Method,
    settings: WritingSettings,
) -> tuple[dict[str, Any], dict[str, int]]:
    """Columns of PASSAGE_TOKENS, a row for each passage that the model made a text of, and dropped ones by reason.

    A row has the number and place of the passage that was read, so that data sets take rewritten texts in the order in
    which they take passages. Draws hang on the seed, the method and the passage's text alone.
    """
    texts = [passage.text for passage in passages]
    read = read_prompts(engine, prompts_of(settings, texts)[how], max_new_tokens=settings.max_new_tokens)
    sampling = settings.of_length(settings.max_new_tokens)
    method = get_args(Method).index(how)
    keys = hash_rows(np.array([[settings.seed, method, int(passage.place * 2**53)] for passage in passages]))
    answers = [answer.text for (answer,) in engine.generate(read, sampling, keys=keys.tolist())]
    made = [(passage, text) for passage, text in zip(passages, answers, strict=True) if text]
    columns = {
        "passage_id": np.asarray([passage.passage_id for passage, _ in made], dtype=np.int64),
        "corpus": [SAMPLED] * len(made),
        "written_by": ["machine"] * len(made),
        "place": np.asarray([passage.place for passage, _ in made], dtype=np.float64),
        "bytes": np.asarray([len(text.encode()) for _, text in made], dtype=np.int64),
        "ids": pa.array(encode(tokenizer, [text for _, text in made]), type=pa.list_(pa.int32())),
    }
    return columns, {"empty": len(answers) - len(made)}


def write_parts(
    engine: Engine,
    tokenizer: PreTrainedTokenizerFast,
    passages: Sequence[Passage],
    *,
    tokens: int,
    how: Method,
    settings: WritingSettings,
    parts: Parts,
    progress: Progress,
) -> None:
    """Write until there are ``tokens``, ends included, and put them into the output of ``parts``; what is there stays.

    Raises
    ------
    DataError
        Where the passages do not suffice, with how many are missing.
    """
    parts.begin()
    done = read = 0
    begun = False
    for number, some in enumerate(_split(passages, settings.side_by_side)):
        if done >= tokens:
            break
        path = parts.path(number)
        if not path.exists():
            if not begun:
                progress.start(total=tokens, done=done)
                begun = True
            columns, dropped = write(engine, tokenizer, some, how=how, settings=settings)
            parts.write(number, columns, dropped=dropped)
        table = read_table(path, PASSAGE_TOKENS)
        done += len(table) * END + (pc.sum(pc.list_value_length(table.column("ids"))).as_py() or 0)
        read += len(some)
        if begun:
            progress.update(done, note=f"{read:,} of {len(passages):,} passages read")
    if done < tokens:
        missing = f"about {math.ceil((tokens - done) * read / done):,} more" if done else "other"
        raise DataError(
            f"{done:,} of {tokens:,} tokens were written ({how}) from all {read:,} training passages of the corpus:"
            f" {missing} passages are needed; raise data.train or data.per_document, or lower the data set's tokens"
        )
    if begun:
        progress.finish()
    parts.merge()


def _split(passages: Sequence[Passage], size: int) -> Iterator[Sequence[Passage]]:
    return (passages[start : start + size] for start in range(0, len(passages), size))
