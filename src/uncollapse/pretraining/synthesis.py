"""Texts that three ways of making text ask of one model: text of its own, rephrased text, edited text.

Zhu et al. 2024, section 4.1, appendix D.3 and Table 14. A model that writes reads its prompt in one pass, which gives
the first token, and each further token takes a pass of its own; an editor reads the text once, in as many windows as
it fills.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from uncollapse.language.settings import SamplingSettings
from uncollapse.language.text import encode_texts
from uncollapse.metrics.overlap import distinct_bigrams, words_from
from uncollapse.pretraining.writing_settings import SynthesisSettings
from uncollapse.pretraining.written import read_prompts

if TYPE_CHECKING:
    from uncollapse.editing.prior import Prior
    from uncollapse.language.engines.interface import Engine

Rows = list[dict[str, Any]]
COMPARED_WORDS = 40  # of each text, about what 64 tokens hold, whose bigrams are counted


def written(
    engine: Engine, prompts: Sequence[str], ids: Sequence[int], *, method: str, settings: SynthesisSettings
) -> Rows:
    """Rows of SYNTHESIS_COSTS with the text, for texts that the model writes, one per prompt."""
    sampling = SamplingSettings(temperature=1.0, max_new_tokens=settings.max_new_tokens)
    read = read_prompts(engine, prompts, max_new_tokens=settings.max_new_tokens)
    answers = engine.generate(read, sampling, keys=list(ids))
    return [
        {
            "method": method,
            "passage_id": passage,
            "tokens": len(answer.tokens),
            "passes": len(answer.tokens),
            "positions": len(prompt) + len(answer.tokens) - 1,
            "text": answer.text,
        }
        for passage, prompt, (answer,) in zip(ids, read, answers, strict=True)
    ]


def edited(prior: Prior, texts: Sequence[str], ids: Sequence[int], settings: SynthesisSettings) -> Rows:
    """Rows of SYNTHESIS_COSTS with the text, for texts that the model edits."""
    from uncollapse.editing.documents import Documents
    from uncollapse.editing.edit import edit
    from uncollapse.editing.protect import Pieces
    from uncollapse.editing.windows import windows

    documents = Documents.of_lists(np.asarray(ids, np.int64), encode_texts(prior.tokenizer, texts))
    new = edit(documents, prior, settings.editing, pieces=Pieces(prior.tokenizer)).new.rows()
    made = prior.tokenizer.batch_decode([row.tolist() for row in new], clean_up_tokenization_spaces=False)
    overlap, beginning, longest = settings.editing.overlap, prior.beginning, prior.longest
    rows = []
    for passage, tokens, text in zip(ids, documents.rows(), made, strict=True):
        read = [
            len(window.tokens) - 1
            for window in windows(
                tokens, prompt=np.empty(0, np.int32), place=0, beginning=beginning, longest=longest, overlap=overlap
            )
        ]
        rows.append(
            {"method": "edited", "passage_id": passage, "tokens": len(tokens), "passes": len(read),
             "positions": sum(read), "text": text}
        )  # fmt: skip
    return rows


def described(originals: Mapping[int, str], made: Rows) -> Rows:
    """Rows of SYNTHESIS_TEXTS: the original texts by passage, and what was made of them (method, passage_id, text)."""
    rows = [{"method": "original", "passage_id": passage, "text": text} for passage, text in originals.items()]
    return [
        {name: row[name] for name in ("method", "passage_id", "text")}
        | {
            "distinct_bigrams": distinct_bigrams(row["text"], words=COMPARED_WORDS),
            "words_kept": words_from(originals[row["passage_id"]], row["text"]),
        }
        for row in [*rows, *made]
    ]


def timed(work: Callable[[], Rows], clock: Callable[[], float]) -> tuple[Rows, float]:
    """The rows, and seconds of the clock for a token of the texts that were made."""
    before = clock()
    rows = work()
    return rows, (clock() - before) / sum(row["tokens"] for row in rows)
