"""Scores of summaries without any model: the article's first words, and another article's summary."""

from collections.abc import Sequence

import numpy as np

_SEED = 0  # of the shift that pairs each prompt with another one


def lead_summaries(prompts: Sequence[str], *, template: str, words: int) -> list[str]:
    """The first words of what is read, without the template around it.

    >>> lead_summaries(["Article: It rained in Rome. Summary:"], template="Article: {prompt} Summary:", words=2)
    ['It rained']
    """
    before, after = template.split("{prompt}")
    inner = [text.removeprefix(before).removesuffix(after) for text in prompts]
    return [" ".join(text.split()[:words]) for text in inner]


def random_summaries(answers: Sequence[str]) -> list[str]:
    """The true answer of another prompt for each: a fluent summary in the right style, of the wrong article.

    >>> random_summaries(["a", "b"])
    ['b', 'a']
    """
    shuffled = np.random.default_rng(_SEED).permutation(len(answers))
    partner = np.empty(len(answers), dtype=np.int64)
    partner[shuffled] = np.roll(shuffled, 1)
    return [answers[index] for index in partner]


def median_words(answers: Sequence[str]) -> int:
    """The median length in words, rounded.

    >>> median_words(["one", "one two", "one two three"])
    2
    """
    return round(float(np.median([len(answer.split()) for answer in answers])))
