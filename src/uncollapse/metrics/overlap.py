"""A text beside the one that it was made from: how much it repeats itself, and how many words it kept."""

from collections import Counter

from uncollapse.metrics.words import words as words_of


def repeated_share(text: str, n: int) -> float:
    """Share of a text's n-grams of words, upper and lower case alike, that stood before.

    >>> repeated_share("a b a b a b", 2)
    0.6
    """
    words = text.lower().split()
    grams = [tuple(words[first : first + n]) for first in range(len(words) - n + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def distinct_bigrams(text: str, *, words: int) -> float | None:
    """Share of the pairs of neighbours among a text's first ``words`` words that are different ones; None without any.

    distinct-2 of Li et al. 2016, over pairs. Longer texts repeat more, so texts are compared at one length.

    >>> round(distinct_bigrams("the cat the cat the dog", words=4), 3)
    0.667
    """
    first = text.split()[:words]
    return 1 - repeated_share(" ".join(first), 2) if len(first) > 1 else None


def words_from(original: str, text: str) -> float | None:
    """Share of a text's words that the original has, each as often as there (precision of ROUGE-1); None without any.

    Precision instead of recall: a text that was cut short keeps few of the original's words, however like it is.

    >>> words_from("The cat sat on the mat.", "The cat, the cat!")
    0.75
    """
    here, there = (Counter(words_of(each.lower())) for each in (text, original))
    return (here & there).total() / here.total() if here else None
