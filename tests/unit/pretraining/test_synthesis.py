"""Costs of making text: what is counted is what the model does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from uncollapse.editing.settings import EditSettings
from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.language.artifact import LanguageModel
from uncollapse.language.base import untrained
from uncollapse.language.engines.transformers_engine import TransformersEngine
from uncollapse.language.settings import Architecture, EngineSettings
from uncollapse.pretraining.synthesis import described, edited, timed, written
from uncollapse.pretraining.tokens import learn
from uncollapse.pretraining.writing_settings import SynthesisSettings
from uncollapse.pretraining.written import prompts_of
from uncollapse.products.claims import zhu_synthesis

TEXTS = ["the drivers met on a monday", "many complaints"]
SETTINGS = SynthesisSettings(model="tiny", corpus="news", prompt_words=1, rephrase="again: {text}", max_new_tokens=5)


@pytest.fixture(scope="module")
def language_model(passages: dict[str, Path]) -> LanguageModel:
    tokenizer = learn(passages["train"], vocabulary_size=280, count=40)
    settings = Architecture(architecture="llama", hidden_size=16, layers=1, heads=2, context=64)
    return untrained(settings, tokenizer, seed=0)


def _reads(language_model: LanguageModel) -> list[int]:
    """Grows by the number of positions of a row whenever the model is asked."""
    found: list[int] = []

    def note(_module: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        found.append(kwargs["input_ids"].shape[1])

    language_model.model.base_model.register_forward_pre_hook(note, with_kwargs=True)
    return found


def test_passes_and_positions_are_those_of_the_model(language_model: LanguageModel) -> None:
    engine = TransformersEngine(language_model, EngineSettings())
    prior = TransformersPrior(language_model.model, language_model.tokenizer)
    reads = _reads(language_model)
    for text in TEXTS:
        for method, prompts in prompts_of(SETTINGS, [text]).items():
            reads.clear()
            (row,) = written(engine, prompts, [7], method=method, settings=SETTINGS)
            assert (row["passes"], row["positions"]) == (len(reads), sum(reads))
            assert row["tokens"] <= 5
        reads.clear()
        (row,) = edited(prior, [text], [7], SETTINGS)
        assert (row["passes"], row["positions"]) == (len(reads), sum(reads)) == (1, row["tokens"])


def test_longer_texts_take_more_windows(language_model: LanguageModel) -> None:
    prior = TransformersPrior(language_model.model, language_model.tokenizer, context=16)
    (row,) = edited(prior, [TEXTS[0] * 3], [0], SETTINGS)
    assert row["passes"] > 1
    assert row["positions"] > row["tokens"]


def test_what_was_made_is_described_beside_the_passages(language_model: LanguageModel) -> None:
    prior = TransformersPrior(language_model.model, language_model.tokenizer)
    ids, never = [3, 9], SETTINGS.model_copy(update={"editing": EditSettings(threshold=1.0)})
    unchanged = edited(prior, TEXTS, ids, never)
    assert [row["text"] for row in unchanged] == TEXTS
    odd = {"method": "synthetic", "passage_id": 9, "text": "many many many many"}
    rows = described(dict(zip(ids, TEXTS, strict=True)), [*unchanged, odd])
    found = {(row["method"], row["passage_id"]): row for row in rows}
    assert len(found) == 5
    for method in ("original", "edited"):
        assert (found[method, 3]["distinct_bigrams"], found[method, 3]["words_kept"]) == (1.0, 1.0)
    assert found["synthetic", 9]["words_kept"] == 0.25
    assert found["synthetic", 9]["distinct_bigrams"] == pytest.approx(1 / 3)


def test_seconds_are_for_a_token() -> None:
    ticks = iter([10.0, 16.0])
    assert timed(lambda: [{"tokens": 1}, {"tokens": 2}], lambda: next(ticks))[1] == 2.0


def _costs(passes_of_edits: int) -> pd.DataFrame:
    rows = []
    for passage in range(4):
        rows += [(method, passage, 40, 40, 50 + passage) for method in ("synthetic", "rephrased")]
        rows += [("edited", passage, 100 + passage, passes_of_edits, 100 + passage)]
    return pd.DataFrame(rows, columns=["method", "passage_id", "tokens", "passes", "positions"])


def test_the_claim_is_on_passes() -> None:
    (found,) = zhu_synthesis.check(synthesis_costs=_costs(1))
    assert found.verdict == "reproduced"
    assert found.value == pytest.approx(100)
    assert "1.00 positions when it edits, 1.29 when it writes" in found.explanation
    (found,) = zhu_synthesis.check(synthesis_costs=_costs(50))
    assert found.verdict == "contradicted"
