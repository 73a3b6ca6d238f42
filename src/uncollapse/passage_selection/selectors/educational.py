"""Passages that a classifier of educational value scores highest: one that is there, or one that is trained here."""

import numpy as np
from numpy.typing import NDArray

from uncollapse.passage_selection.pool import Pool
from uncollapse.passage_selection.settings import TextSelectionSettings

READS = ("texts",)


def choose(pool: Pool, settings: TextSelectionSettings) -> NDArray[np.int64]:
    """Rows of the highest scores; the classifier is trained on the human corpus that teaches against all others."""
    if settings.classifier is not None:
        from uncollapse.passage_selection.classifier import scores

        return pool.highest(np.concatenate([*scores(pool.texts, settings.classifier, device=pool.device)]))
    from uncollapse.passage_selection.educational import train

    corpora = pool.human.column("corpus").to_pylist()
    teaching, others = [], []
    for text, corpus in zip(pool.human_texts, corpora, strict=True):
        (teaching if corpus == settings.educational else others).append(text)
    return pool.highest(train(teaching, others, seed=settings.seed).classifier.scores(pool.texts))
