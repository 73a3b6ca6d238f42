"""Text that models write for a data set, whose rows look like passages (Zhu et al. 2024).

A model of the experiment writes from nothing, to train the next one on (Figure 1; section 2); a base model goes on from
human passages, or rephrases them (Table 14).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from uncollapse.artifacts.parquet import read_row_groups, read_table
from uncollapse.artifacts.passages import PASSAGE_TOKENS, PASSAGES
from uncollapse.corpora.splits import position
from uncollapse.errors import DataError
from uncollapse.jobs.parts import Parts
from uncollapse.jobs.progress import Progress
from uncollapse.language.given_back import GivenBack
from uncollapse.language.text import encode_prompt, encode_texts
from uncollapse.pretraining.mixtures import END
from uncollapse.pretraining.writing_settings import (
    SAMPLED,
    Method,
    PromptSettings,
    TextSamplingSettings,
    WritingSettings,
)
from uncollapse.randomness.hashing import hash_rows

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from uncollapse.language.engines.interface import Engine


PART = 256  # texts that are written from nothing side by side


class Passage(NamedTuple):
    """A human passage that is read; ``place`` is a hash of its text in [0, 1)."""

    place: float
    passage_id: int
    text: str


def sampled(
    engine: Engine, *, tokens: int, settings: TextSamplingSettings, part: int = PART
) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    """Columns of PASSAGE_TOKENS and dropped texts by reason, part by part, until there are ``tokens``, ends included.

    Each text begins after an end of text and runs to the next one, or as far as the context reaches. The draws of a
    text hang on the seed and its number alone.
    """
    end = engine.tokenizer.eos_token_id
    sampling = settings.of_length(engine.context - 1)
    done = number = passages = 0
    while done < tokens:
        keys = hash_rows(np.stack([np.full(part, settings.seed), np.arange(number, number + part)], axis=1))
        number += part
        found, empty = [], 0
        for (answer,) in engine.generate([[end]] * part, sampling, keys=keys.tolist()):
            ids = answer.tokens[:-1] if answer.finished else answer.tokens
            empty += not len(ids)
            if len(ids) and done < tokens:
                done += len(ids) + END
                found.append((answer.text, ids))
        texts, ids = [text for text, _ in found], [written.tolist() for _, written in found]
        columns = _columns(range(passages, passages + len(found)), map(position, texts), texts, ids)
        yield columns, {"empty": empty, "beyond the number of tokens": part - empty - len(found)}
        passages += len(found)


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
    given_back = GivenBack(engine.tokenizer)
    given_back.read((f"prompt {number}" for number in range(1, len(prompts) + 1)), prompts)
    given_back.tell("prompts")
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
    written, places = [text for _, text in made], (passage.place for passage, _ in made)
    numbers = [passage.passage_id for passage, _ in made]
    return _columns(numbers, places, written, encode_texts(tokenizer, written)), {"empty": len(answers) - len(made)}


def _columns(
    numbers: Sequence[int], places: Iterable[float], texts: Sequence[str], ids: Sequence[Sequence[int]]
) -> dict[str, Any]:
    """Columns of PASSAGE_TOKENS of texts that a model wrote."""
    return {
        "passage_id": np.asarray(numbers, dtype=np.int64),
        "corpus": [SAMPLED] * len(texts),
        "written_by": ["machine"] * len(texts),
        "place": np.asarray([*places], dtype=np.float64),
        "bytes": np.asarray([len(text.encode()) for text in texts], dtype=np.int64),
        "ids": pa.array(ids, type=pa.list_(pa.int32())),
    }


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
    for number, start in enumerate(range(0, len(passages), settings.side_by_side)):
        if done >= tokens:
            break
        path = parts.path(number)
        if not path.exists():
            if not begun:
                progress.start(total=tokens, done=done)
                begun = True
            some = passages[start : start + settings.side_by_side]
            columns, dropped = write(engine, tokenizer, some, how=how, settings=settings)
            parts.write(number, columns, dropped=dropped)
        table = read_table(path, PASSAGE_TOKENS)
        done += len(table) * END + (pc.sum(pc.list_value_length(table.column("ids"))).as_py() or 0)
        read = min(start + settings.side_by_side, len(passages))
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
