"""ROUGE F-measures of a text against a reference (Lin 2004), by the package rouge_score, with its stemmer."""

import sys
from collections.abc import Sequence

import numpy as np
from absl import logging
from numpy.typing import NDArray
from rouge_score.rouge_scorer import RougeScorer

# rouge_score loads absl, whose handler would close at exit the stream that is stderr now, a stage's log
logging.get_absl_handler().python_handler.setStream(sys.__stderr__)


def rouge(texts: Sequence[str], references: Sequence[str], metrics: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """F-measures (N,) in [0, 1] of N texts by metric: rouge1, rouge2 (n-grams), rougeL (longest common subsequence).

    >>> found = rouge(["the cat sat"], ["the cat sat down"], ["rouge1", "rougeL"])
    >>> {metric: float(values[0].round(3)) for metric, values in found.items()}
    {'rouge1': 0.857, 'rougeL': 0.857}
    """
    scorer = RougeScorer(list(metrics), use_stemmer=True)
    scores = [scorer.score(reference, text) for text, reference in zip(texts, references, strict=True)]
    return {metric: np.array([score[metric].fmeasure for score in scores], dtype=np.float64) for metric in metrics}
