"""Small language model of texts, from scratch in every generation (Zhu et al. 2024, Figure 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.errors import DataError
from uncollapse.generations.rows import TEXTS as ROWS
from uncollapse.language.settings import Architecture
from uncollapse.pretraining.writing_settings import TextSamplingSettings
from uncollapse.settings.values import Strict
from uncollapse.training.settings import TrainingSettings

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast

    from uncollapse.generations.state import State
    from uncollapse.generations.work import Work
    from uncollapse.language.artifact import LanguageModel
    from uncollapse.language.engines.transformers_engine import TransformersEngine

__all__ = ["LOSS", "ROWS", "Settings", "as_language_model", "features", "fit", "losses", "measures", "sample"]

LOSS = "nats per token"
_FEATURES = 512
_COMMON = 0.9  # share of real words that are common ones; the others are the tail
_PART = 256  # texts that are written side by side
_TRIES = 20  # times as many texts as are wanted, after which a model that writes empty ones is given up


class Settings(Strict):
    """Sizes, and how it is trained and writes."""

    name: Literal["language_model"]
    architecture: Architecture
    vocabulary_size: int = Field(
        default=1024, ge=257, description="of a byte-level tokenizer, learned from generation 0's texts"
    )
    training: TrainingSettings
    temperature: float = Field(default=1.0, gt=0, description="of what it writes")
    top_k: int | None = Field(default=None, ge=1, description="draw among the k most probable tokens")
    top_p: float | None = Field(default=None, gt=0, le=1, description="draw among the fewest tokens of this mass")


def fit(
    rows: pa.Table, settings: Settings, *, weights: NDArray | None, first: State | None, seed: int, work: Work
) -> State:
    """A model trained on the texts as one stream, in an order of their own for each seed.

    Texts of weight above 1 stand in the stream more often, and others less often: each the whole part of its weight
    times, and once more with the chance that is left.
    """
    import torch

    from uncollapse.generations.state import State
    from uncollapse.generations.training import trained
    from uncollapse.language.artifact import quiet
    from uncollapse.language.base import untrained
    from uncollapse.language.byte_tokenizer import byte_tokenizer
    from uncollapse.language.cpu_attention import use_cpu_attention
    from uncollapse.language.text import encode_texts
    from uncollapse.pretraining.examples import blocks

    texts = rows.column("text").to_pylist()
    tokenizer = (
        _tokenizer(first) if first is not None else byte_tokenizer(texts, vocabulary_size=settings.vocabulary_size)
    )
    rng = np.random.default_rng(seed)
    times = np.ones(len(texts)) if weights is None else np.asarray(weights)
    times = np.floor(times + rng.random(len(texts))).astype(int)
    order = rng.permutation(np.repeat(np.arange(len(texts)), times))
    ids = encode_texts(tokenizer, texts)
    examples = blocks(
        (np.asarray(ids[place], np.int32) for place in order),
        context=settings.architecture.context,
        end=tokenizer.eos_token_id,
        device=work.device,
    )
    language_model = untrained(settings.architecture, tokenizer, seed=seed)
    model = language_model.model.to(work.device)
    use_cpu_attention(model)
    torch.manual_seed(seed)
    with quiet():
        trained(model, examples, settings.training, seed=seed, work=work)
    tied = set(model.all_tied_weights_keys)
    tensors = {name: tensor for name, tensor in model.state_dict().items() if name not in tied}
    return State(tensors, {"tokenizer": tokenizer.backend_tokenizer.to_str()})


def sample(state: State, settings: Settings, *, rows: int, seed: int, work: Work) -> Iterator[dict[str, Any]]:
    """Texts that begin after an end of text and run to the next one, or as far as the context reaches.

    Raises
    ------
    DataError
        Where nearly all of them are empty, with counts.
    """
    from uncollapse.randomness.hashing import hash_rows

    engine = _engine(state, settings, work)
    end = engine.tokenizer.eos_token_id
    sampling = TextSamplingSettings(
        temperature=settings.temperature, top_k=settings.top_k, top_p=settings.top_p
    ).of_length(engine.context - 1)
    done = number = 0
    while done < rows:
        if number > _TRIES * max(rows, _PART):
            raise DataError(
                f"the model wrote {done:,} texts and {number - done:,} empty ones, where {rows:,} are asked for: train"
                " it for longer, or raise its temperature"
            )
        places = np.arange(number, number + min(_PART, rows))
        keys = hash_rows(np.stack([np.full(len(places), seed), places], axis=1))
        number += len(places)
        answers = engine.generate([[end]] * len(places), sampling, keys=keys.tolist())
        texts = [answer.text for (answer,) in answers if answer.text.strip()][: rows - done]
        if texts:
            done += len(texts)
            yield {"text": texts}


def losses(state: State, settings: Settings, rows: pa.Table, *, work: Work) -> NDArray[np.float64]:
    """Mean negative log-probability of each text's tokens (N,), its end included, cut to the context."""
    from uncollapse.language.text import encode_texts

    engine = _engine(state, settings, work)
    end = engine.tokenizer.eos_token_id
    ids = [
        [*text, end][: engine.context - 1] for text in encode_texts(engine.tokenizer, rows.column("text").to_pylist())
    ]
    found = engine.score([[end]] * len(ids), ids)
    return np.asarray([-float(np.mean(each, dtype=np.float64)) for each in found])


def features(rows: pa.Table, settings: Settings) -> NDArray[np.float64]:
    """Words of each text, counted by hash, at length one (N, 512)."""
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(n_features=_FEATURES, norm="l2", alternate_sign=False)
    return vectorizer.transform(rows.column("text").to_pylist()).toarray()


def measures(rows: pa.Table, settings: Settings, *, real: pa.Table, learned: pa.Table) -> dict[str, float]:
    """Different bigrams over all bigrams, and share of the words that real texts have rarely or never.

    A word is common where it belongs to the fewest that make 90% of the real texts' words.
    """
    written, known = (_words(table.column("text").to_pylist()) for table in (rows, real))
    bigrams = Counter(pair for text in written for pair in pairwise(text))
    counts = Counter(word for text in known for word in text)
    common, left = set(), _COMMON * counts.total()
    for word, count in counts.most_common():
        if left <= 0:
            break
        common.add(word)
        left -= count
    words = [word for text in written for word in text]
    return {
        "distinct_bigrams": len(bigrams) / max(bigrams.total(), 1),
        "rare_words": sum(word not in common for word in words) / max(len(words), 1),
    }


def _words(texts: Sequence[str]) -> list[list[str]]:
    return [text.lower().split() for text in texts]


def _tokenizer(state: State) -> PreTrainedTokenizerFast:
    from tokenizers import Tokenizer

    from uncollapse.language.byte_tokenizer import with_end_of_text

    return with_end_of_text(Tokenizer.from_str(state.about["tokenizer"]))


def as_language_model(state: State, settings: Settings, *, device: torch.device) -> LanguageModel:
    """The fitted model with its tokenizer."""
    from uncollapse.language.base import untrained

    language_model = untrained(settings.architecture, _tokenizer(state), seed=0)
    missing, unexpected = language_model.model.load_state_dict(dict(state.tensors), strict=False)
    tied = set(language_model.model.all_tied_weights_keys)
    assert set(missing) <= tied, missing
    assert not unexpected, unexpected
    language_model.model.tie_weights()
    language_model.model.to(device)
    return language_model


def _engine(state: State, settings: Settings, work: Work) -> TransformersEngine:
    from uncollapse.language.engines.transformers_engine import TransformersEngine
    from uncollapse.language.settings import EngineSettings

    found = as_language_model(state, settings, device=work.device)
    return TransformersEngine(found, EngineSettings(device="cpu" if work.device.type == "cpu" else "cuda"))
