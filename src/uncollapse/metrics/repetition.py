"""How much a text repeats itself (Welleck et al. 2020, seq-rep-n)."""


def repeated_share(text: str, n: int) -> float:
    """Share of a text's n-grams of words, upper and lower case alike, that stood before.

    >>> repeated_share("a b a b a b", 2)
    0.6
    """
    words = text.lower().split()
    grams = [tuple(words[first : first + n]) for first in range(len(words) - n + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0
