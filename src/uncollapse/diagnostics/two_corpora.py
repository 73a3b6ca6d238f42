"""Two corpora made ready to be compared: equal amounts, what DSIR selects, and what a reader should know first."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.stored_texts import StoredTexts, taken, word_counts
from uncollapse.diagnostics import copies
from uncollapse.diagnostics.neighbourhoods import LEAST as CLOUD
from uncollapse.diagnostics.ngrams import equal_words
from uncollapse.errors import DataError
from uncollapse.passage_selection import dsir
from uncollapse.passage_selection.hashed_ngrams import HashedNgrams
from uncollapse.statistics.counted import counted

LEAST = 20  # documents
LONG_WORDS = 15  # characters on average; English has 5, Finnish 8


def sampled(texts: Sequence[str], count: int, seed: int) -> Sequence[str]:
    """Sample of at most ``count`` texts, in random order."""
    return taken(texts, np.random.default_rng(seed).permutation(len(texts))[:count])


def words(texts: Sequence[str]) -> int:
    """Number of words in all texts, as white space separates them."""
    return int(word_counts(texts).sum())


def amounts(corpora: Mapping[str, Sequence[str]]) -> str:
    """``mine: 120 documents, 14,400 words; ...``."""
    return "; ".join(
        f"{name}: {counted(len(texts), 'document')}, {counted(words(texts), 'word')}" for name, texts in corpora.items()
    )


def enough(corpora: Mapping[str, Sequence[str]], files: list[Path], *, embeddings: bool) -> None:
    """Check that the corpora, cut to equal numbers of words, have the documents that the diagnostics take.

    Raises
    ------
    DataError
        Naming the file and what to do.
    """
    for (name, texts), path, least in zip(corpora.items(), files, (2 * CLOUD, CLOUD), strict=True):
        if len(texts) < LEAST:
            raise DataError(
                f"{path}: {len(texts)} documents of {name} make up as many words as the other corpus has;"
                " cut its documents into shorter ones"
            )
        if embeddings and len(texts) < least:
            raise DataError(
                f"{path}: {len(texts)} of its documents are compared (at equal numbers of words); --embeddings takes"
                f" {least} at least ({2 * CLOUD} of the first corpus, {CLOUD} of the second): give more documents,"
                " raise --documents, or leave --embeddings out"
            )


def selection_and_parts(
    corpora: Mapping[str, Sequence[str]],
    raw: Sequence[str],
    target: Sequence[str],
    *,
    share: float,
    seed: int,
    hasher: HashedNgrams,
) -> dict[str, Sequence[str]]:
    """Parts of both corpora and what DSIR selects from ``raw`` to look like ``target``, at equal numbers of words.

    DSIR draws a share of the documents of ``raw``; too short ones are no candidates. ``hasher`` keeps
    what it has hashed, for those who count the same texts.

    Raises
    ------
    DataError
        Where too few documents can be selected, or make up that many words.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = dsir.importance(dsir.chunks(raw), dsir.chunks(target), folder=Path(folder), hasher=hasher)
    candidates = int((found.words >= dsir.SHORTEST).sum())
    if candidates < 2 * LEAST:
        raise DataError(f"only {candidates} documents of {dsir.SHORTEST} words or more")
    size = max(LEAST, round(share * candidates))
    chosen = taken(raw, dsir.select(found, size=size, seed=seed))
    _, second = corpora
    named = {f"{name} (part)": texts for name, texts in corpora.items()} | {f"{second}, by DSIR": chosen}
    parts = equal_words(named, seed=seed)
    for name, texts in parts.items():
        if len(texts) < LEAST:
            raise DataError(f"{name}: {len(texts)} documents at {words(texts):,} words, {LEAST} are needed")
    return parts


def alike(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> tuple[int, int]:
    """How many documents of each corpus stand in the other too, by the digests (N, 2) and (M, 2) of their words.

    >>> alike(np.array([[1, 2], [3, 4]]), np.array([[1, 2], [1, 2], [3, 5]]))
    (1, 2)
    """

    def count(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
        there = one[np.isin(one[:, 0], other[:, 0])]
        return int(np.isin(there[:, 1], other[:, 1]).sum())

    return count(first, second), count(second, first)


def remarks(documents: Mapping[str, StoredTexts], *, left_out: Mapping[str, str], most: int) -> list[str]:
    """Remarks on the files that a reader should know before the numbers; ``most`` documents of each are looked at."""
    first, second = documents
    found = [f"{name}: {told}." for name, told in left_out.items()]
    found += [
        f"Of the {len(texts):,} documents of {name} {most:,} were drawn, of which as many are compared as make up equal"
        " numbers of words; --documents takes more."
        for name, texts in documents.items()
        if len(texts) > most
    ]
    shared = alike(documents[first].marks, documents[second].marks)
    if any(shared):
        found.append(
            f"{shared[0]:,} of the {len(documents[first]):,} documents of {first} stand word for word in {second} too,"
            f" and {shared[1]:,} of the {len(documents[second]):,} of {second} in {first}."
            + (
                " Of the same documents no difference can be told."
                if shared == (len(documents[first]), len(documents[second]))
                else ""
            )
        )
    for name, texts in documents.items():
        distinct = copies.distinct(copies.clusters(texts))
        if distinct < len(texts):
            found.append(
                f"The {len(texts):,} documents of {name} hold {distinct:,} different texts, the other"
                f" {len(texts) - distinct:,} are copies word for word. Copies count in every number, but intervals come"
                " from drawing the different texts, each with its copies: more copies make no interval narrower."
            )
        length = texts.characters.sum() / words(texts)
        if length > LONG_WORDS:
            found.append(
                f"The words of {name} have {length:.0f} characters on average. Words here are what stands between white"
                " space: in text without spaces, such as Chinese or Japanese, a word is a whole clause, and numbers of"
                " words, unigrams, bigrams and word pairs say little. Put spaces between the words first."
            )
    return found
