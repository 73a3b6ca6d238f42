"""What three ways of making text ask of one model: text of its own, rephrased text, edited text.

Zhu et al. 2024, section 4.1, appendix D.3 and Table 14. A model that writes reads its prompt in one pass, which gives
the first token, and each further token takes a pass of its own; an editor reads the text once, in as many windows as
it fills.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from uncollapse.language.settings import SamplingSettings
from uncollapse.language.text import encode_prompt
from uncollapse.pretraining.settings import SynthesisSettings

if TYPE_CHECKING:
    from uncollapse.editing.prior import Prior
    from uncollapse.language.engines.interface import Engine

Rows = list[dict[str, Any]]


def prompts_of(settings: SynthesisSettings, texts: Sequence[str]) -> dict[str, list[str]]:
    """By method, what the model continues for each text: its first words, or an instruction with the whole of it.

    >>> settings = SynthesisSettings(model="m", corpus="c", prompt_words=2, rephrase="Reword: {text} >")
    >>> prompts_of(settings, ["a b c"])
    {'synthetic': ['a b'], 'rephrased': ['Reword: a b c >']}
    """
    return {
        "synthetic": [" ".join(text.split()[: settings.prompt_words]) for text in texts],
        "rephrased": [settings.rephrase.format(text=text) for text in texts],
    }


def written(
    engine: Engine, prompts: Sequence[str], ids: Sequence[int], *, method: str, settings: SynthesisSettings
) -> Rows:
    """Rows of SYNTHESIS_COSTS for texts that the model writes, one per prompt."""
    sampling = SamplingSettings(temperature=1.0, max_new_tokens=settings.max_new_tokens)
    longest = engine.context - sampling.max_new_tokens
    read = [encode_prompt(engine.tokenizer, prompt, longest=longest)[0] for prompt in prompts]
    answers = engine.generate(read, sampling, keys=list(ids))
    return [
        {
            "method": method,
            "passage_id": passage,
            "tokens": len(answer.tokens),
            "passes": len(answer.tokens),
            "positions": len(prompt) + len(answer.tokens) - 1,
        }
        for passage, prompt, (answer,) in zip(ids, read, answers, strict=True)
    ]


def edited(prior: Prior, texts: Sequence[str], ids: Sequence[int], settings: SynthesisSettings) -> Rows:
    """Rows of SYNTHESIS_COSTS for texts that the model edits."""
    from uncollapse.editing.documents import Documents, encode
    from uncollapse.editing.edit import edit
    from uncollapse.editing.protect import Pieces
    from uncollapse.editing.windows import windows

    documents = Documents.of_lists(np.asarray(ids, np.int64), encode(prior.tokenizer, texts))
    edit(documents, prior, settings.editing, pieces=Pieces(prior.tokenizer))
    overlap, beginning, longest = settings.editing.overlap, prior.beginning, prior.longest
    rows = []
    for passage, tokens in zip(ids, documents.rows(), strict=True):
        read = [
            len(window.tokens) - 1
            for window in windows(
                tokens, prompt=np.empty(0, np.int32), place=0, beginning=beginning, longest=longest, overlap=overlap
            )
        ]
        rows.append(
            {"method": "edited", "passage_id": passage, "tokens": len(tokens), "passes": len(read),
             "positions": sum(read)}
        )  # fmt: skip
    return rows


def timed(work: Callable[[], Rows], clock: Callable[[], float]) -> tuple[Rows, float]:
    """The rows, and seconds of the clock for a token of the texts that were made."""
    before = clock()
    rows = work()
    return rows, (clock() - before) / sum(row["tokens"] for row in rows)
