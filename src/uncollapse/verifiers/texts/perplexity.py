"""Weak supervision and self-selection: how surprising an answer is to a named model (Feng et al. 2024, section 5.3).

Perplexity is exp(-log_prob / T) of the T tokens of the answer after its prompt, the end of text included, so that an
answer that was cut off counts as ended there. The text is encoded anew: the model may have another tokenizer than the
one that wrote it.
"""

from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.candidates.texts import TextCandidates
from uncollapse.language.engines.interface import Engine
from uncollapse.language.text import encode_answer, encode_prompt
from uncollapse.verifiers.bounds import Bounded


class Settings(Bounded):
    """The verifier's keys in config."""

    kind: Literal["perplexity"] = "perplexity"
    model: str = Field(
        default="generator", description="generator (self-selection), base, or one under models (weak supervision)"
    )
    highest: float | None = Field(
        default=None, gt=1, description="largest perplexity that is accepted; null ranks candidates without a verdict"
    )


def score(
    candidates: TextCandidates, prompts: pa.Table, *, settings: Settings, engine: Engine | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """Scores (N, W) are minus the perplexity per token. Prompts give way where both together are too long."""
    assert engine is not None, "a verifier with a model is given its engine"
    contexts, continuations = [], []
    room = engine.context - 1
    for prompt, texts in zip(prompts.column("prompt").to_pylist(), candidates.text, strict=True):
        for text in texts:
            answer = encode_answer(engine.tokenizer, text, longest=room - 1)
            contexts.append(encode_prompt(engine.tokenizer, prompt, longest=room - len(answer))[0])
            continuations.append(answer)
    mean = [values.astype(np.float64).mean() for values in engine.score(contexts, continuations)]
    perplexity = np.exp(-np.array(mean)).reshape(-1, candidates.width)
    return -perplexity, None if settings.highest is None else perplexity <= settings.highest
