"""The oracle of summarization: ROUGE against the true answer (Feng et al. 2024, section 5.3, ROUGE-1)."""

from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.candidates.texts import TextCandidates
from uncollapse.language.engines.interface import Engine
from uncollapse.verifiers.bounds import Bounded


class Settings(Bounded):
    """The verifier's keys in config."""

    kind: Literal["rouge"] = "rouge"
    metric: Literal["rouge1", "rouge2", "rougeL"] = Field(default="rouge1", description="F-measure")
    lowest: float | None = Field(
        default=None, ge=0, le=1, description="smallest F-measure that is accepted; null ranks without a verdict"
    )


def score(
    candidates: TextCandidates, prompts: pa.Table, *, settings: Settings, engine: Engine | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """Scores (N, W) are F-measures in [0, 1]."""
    from uncollapse.metrics.rouge import rouge  # not when config is read: it loads a language toolkit

    references = [answer for answer in prompts.column("answer").to_pylist() for _ in range(candidates.width)]
    texts = [text for several in candidates.text for text in several]
    values = rouge(texts, references, [settings.metric])[settings.metric].reshape(-1, candidates.width)
    return values, None if settings.lowest is None else values >= settings.lowest
