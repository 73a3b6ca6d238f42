"""Texts that a model writes from nothing, to train the next one on (Zhu et al. 2024, Figure 1; section 2)."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from uncollapse.corpora.splits import position
from uncollapse.language.engines.interface import Engine
from uncollapse.pretraining.mixtures import END
from uncollapse.pretraining.settings import SAMPLED
from uncollapse.pretraining.writing_settings import TextSamplingSettings
from uncollapse.randomness.hashing import hash_rows

PART = 256  # texts written side by side


def sampled(
    engine: Engine, *, tokens: int, settings: TextSamplingSettings, part: int = PART
) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    """Columns of PASSAGE_TOKENS and dropped texts by reason, part by part, until there are ``tokens``, ends included.

    Each text begins after an end of text and runs to the next one, or as far as the context reaches. The draws of a
    text hang on the seed and its number alone.
    """
    end = engine.tokenizer.eos_token_id
    sampling = settings.of_length(engine.context - 1)
    done = number = passages = 0
    while done < tokens:
        keys = hash_rows(np.stack([np.full(part, settings.seed), np.arange(number, number + part)], axis=1))
        number += part
        found, empty = [], 0
        for (answer,) in engine.generate([[end]] * part, sampling, keys=keys.tolist()):
            ids = answer.tokens[:-1] if answer.finished else answer.tokens
            empty += not len(ids)
            if len(ids) and done < tokens:
                done += len(ids) + END
                found.append((answer.text, ids))
        columns = {
            "passage_id": np.arange(passages, passages + len(found)),
            "corpus": [SAMPLED] * len(found),
            "written_by": ["machine"] * len(found),
            "place": [position(text) for text, _ in found],
            "bytes": np.asarray([len(text.encode()) for text, _ in found], dtype=np.int64),
            "ids": pa.array([ids.tolist() for _, ids in found], type=pa.list_(pa.int32())),
        }
        yield columns, {"empty": empty, "beyond the number of tokens": part - empty - len(found)}
        passages += len(found)
