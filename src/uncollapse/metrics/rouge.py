"""ROUGE F-measures of a text against a reference (Lin 2004), by the package rouge_score, with its stemmer.

Words are those of any script (:func:`~uncollapse.metrics.words.overlap_words`), where rouge_score knows a-z and 0-9
alone and finds nothing in Russian. Texts in ASCII have the same words and values as there.
"""

import sys
from collections.abc import Sequence

import numpy as np
from absl import logging
from nltk.stem.porter import PorterStemmer
from numpy.typing import NDArray
from rouge_score.rouge_scorer import RougeScorer
from rouge_score.tokenizers import Tokenizer

from uncollapse.metrics.words import overlap_words

# rouge_score loads absl, whose handler would close at exit the stream that is stderr now, a stage's log
logging.get_absl_handler().python_handler.setStream(sys.__stderr__)


class _Words(Tokenizer):
    """Words with the endings of English ones taken off by Porter's rules, if they are longer than three letters."""

    def __init__(self) -> None:
        self._stemmer = PorterStemmer()

    def tokenize(self, text: str) -> list[str]:
        return [self._stemmer.stem(w) if len(w) > 3 and w.isascii() else w for w in overlap_words(text)]


def rouge(texts: Sequence[str], references: Sequence[str], metrics: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """F-measures (N,) in [0, 1] of N texts by metric: rouge1, rouge2 (n-grams), rougeL (longest common subsequence).

    >>> found = rouge(["the cat sat"], ["the cat sat down"], ["rouge1", "rougeL"])
    >>> {metric: float(values[0].round(3)) for metric, values in found.items()}
    {'rouge1': 0.857, 'rougeL': 0.857}
    """
    scorer = RougeScorer(list(metrics), tokenizer=_Words())
    scores = [scorer.score(reference, text) for text, reference in zip(texts, references, strict=True)]
    return {metric: np.array([score[metric].fmeasure for score in scores], dtype=np.float64) for metric in metrics}
