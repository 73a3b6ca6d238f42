"""Multiple-choice items made from passages that no model has seen: one right choice among four.

Of a passage "The ship left the harbour at dawn with forty men" such items become, with short pieces for the example:

    next_words   "The ship left the"  ->  "harbour at"   or the third and fourth words of three other passages
    last_word    "The ship left the"  ->  "harbour"      or three words drawn as often as they occur in the corpus
    word_order   "The ship"           ->  "left the harbour at"  or three other orders of these words

The first two ask for the sense, the last mostly for grammar. Draws are keyed by seed, task and passage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from uncollapse.artifacts.parquet import columns_of
from uncollapse.artifacts.tasks import TASK_ITEMS

CHOICES = 4
TRIES = 20  # draws until there are as many different wrong choices
Draw = Callable[[np.random.Generator], str]


def next_words(words: Sequence[str], others: Sequence[Sequence[str]]) -> tuple[str, str, Draw]:
    """Context, right choice and a draw of a wrong one: the same place of another passage of the corpus."""
    begin, end = _context(words), _context(words) + min(10, len(words) // 4)

    def wrong(rng: np.random.Generator) -> str:
        return " ".join(others[rng.integers(len(others))][begin:end])

    return " ".join(words[:begin]), " ".join(words[begin:end]), wrong


def last_word(words: Sequence[str], others: Sequence[Sequence[str]]) -> tuple[str, str, Draw]:
    """A word of the corpus drawn as often as it occurs, so that its frequency alone does not tell."""
    begin = _context(words)

    def wrong(rng: np.random.Generator) -> str:
        other = others[rng.integers(len(others))]
        return other[rng.integers(len(other))]

    return " ".join(words[:begin]), words[begin], wrong


def word_order(words: Sequence[str], others: Sequence[Sequence[str]]) -> tuple[str, str, Draw]:
    """The same words in another order."""
    begin, end = min(10, len(words) // 4), min(10, len(words) // 4) + min(10, len(words) // 2)

    def wrong(rng: np.random.Generator) -> str:
        return " ".join(rng.permutation(list(words[begin:end])).tolist())

    return " ".join(words[:begin]), " ".join(words[begin:end]), wrong


def _context(words: Sequence[str]) -> int:
    return min(40, len(words) // 2)


BUILDERS = {"next_words": next_words, "last_word": last_word, "word_order": word_order}


def items(
    passages: pd.DataFrame, *, task: str, most: int, seed: int, corpora: Sequence[str] | None = None
) -> tuple[dict[str, Any], dict[str, int]]:
    """Columns of TASK_ITEMS from human passages, as many of each corpus, and dropped passages by reason.

    Parameters
    ----------
    passages : columns of PASSAGES, of the test split.
    task : one of BUILDERS.
    corpora : of these alone; None takes every human one.
    """
    human = passages[passages["written_by"] == "human"].sort_values("place", kind="stable")
    dropped = Counter({"written by a model": len(passages) - len(human)})
    if corpora is not None:
        dropped["of another corpus"] = int((~human["corpus"].isin(corpora)).sum())
        human = human[human["corpus"].isin(corpora)]
    each = -(-most // max(1, human["corpus"].nunique()))
    rows: list[dict[str, Any]] = []
    for corpus, mine in human.groupby("corpus", sort=True):
        words = [text.split() for text in mine["text"]]
        for number, passage_id in enumerate(mine["passage_id"]):
            if number >= each or len(rows) >= most:
                dropped["more than asked for"] += 1
                continue
            others = words[:number] + words[number + 1 :]
            rng = np.random.default_rng([seed, list(BUILDERS).index(task), passage_id])
            choices = _choices(*BUILDERS[task](words[number], others)[1:], rng=rng) if others else []
            if len(choices) < CHOICES:
                dropped["too few different choices"] += 1
                continue
            context, right, _ = BUILDERS[task](words[number], others)
            order = rng.permutation(CHOICES)
            shuffled = [choices[place] for place in order]
            rows.append({"passage_id": passage_id, "corpus": corpus, "context": context, "choices": shuffled,
                         "answer": shuffled.index(right)})  # fmt: skip
    return columns_of(rows, TASK_ITEMS), dict(dropped)


def _choices(right: str, wrong: Draw, *, rng: np.random.Generator) -> list[str]:
    """The right choice, then wrong ones, all different; fewer than CHOICES where draws repeat themselves."""
    found = [right]
    for _ in range(TRIES):
        if len(found) < CHOICES and (drawn := wrong(rng)) not in found:
            found.append(drawn)
    return found
