"""DSIR of two lists of texts in memory, for notebooks and small corpora."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.passage_selection.dsir import chunks, log_ratio, log_weights
from uncollapse.passage_selection.hashed_ngrams import BUCKETS, HashedNgrams


def dsir_log_weights(raw: Sequence[str], target: Sequence[str]) -> NDArray[np.float64]:
    """Importance (N,) of N raw texts, in nats: how much more likely each is under the target's n-grams than the raw's.

    Documents are drawn in proportion to its exponential, without replacement, by
    :func:`uncollapse.passage_selection.without_replacement.sample_rows` (Xie et al. 2023). Features take about four
    bytes a word.

    Raises
    ------
    DataError
        For a value that is no text, and a corpus without words.

    Examples
    --------
    >>> raw = ["the cat sat on the mat", "stocks fell sharply on monday"]
    >>> weights = dsir_log_weights(raw, ["a cat and a dog", "the dog sat"])
    >>> int(weights.argmax())
    0
    """
    for name, texts in (("raw", raw), ("target", target)):
        wrong = next((number for number, text in enumerate(texts) if not isinstance(text, str)), None)
        if isinstance(texts, str) or wrong is not None:
            place = "one text" if isinstance(texts, str) else f"a {type(texts[wrong or 0]).__name__} at {wrong}"
            raise DataError(f"the {name} corpus is {place}, not a list of texts")
    hasher = HashedNgrams()
    target_counts = np.zeros(BUCKETS, dtype=np.int64)
    for chunk in chunks(target):
        target_counts += hasher.features(chunk).counts()
    features = [hasher.features(chunk) for chunk in chunks(raw)]
    raw_counts = np.sum([each.counts() for each in features], axis=0, initial=0)
    ratio = log_ratio(target_counts, np.broadcast_to(raw_counts, BUCKETS))
    return np.concatenate([log_weights(each, ratio) for each in features])
