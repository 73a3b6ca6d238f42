"""The transformers engine against transformers itself, one text at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from uncollapse.errors import ArtifactError, ConfigError, DataError
from uncollapse.language.artifact import load_language_model
from uncollapse.language.engines.choose import load_engine
from uncollapse.language.engines.interface import Answer, Engine
from uncollapse.language.settings import EngineSettings, SamplingSettings

_LENGTHS = (3, 17, 9, 8, 1, 30, 9)
PROMPTS = [torch.randint(1, 257, (n,), generator=torch.Generator().manual_seed(n)).tolist() for n in _LENGTHS]
KEYS = [101, 102, 103, 104, 2**63 + 5, -7, 0]
SAMPLED = SamplingSettings(max_new_tokens=16, temperature=1.2, candidates=3)


def flat(answers: list[list[Answer]]) -> list[Answer]:
    return [answer for several in answers for answer in several]


@pytest.fixture
def engine(model_file: Path) -> Engine:
    return load_engine(model_file, EngineSettings(name="transformers", device="cpu"), threads=1)


@pytest.fixture
def reference(model_file: Path) -> torch.nn.Module:
    return load_language_model(model_file).model


def test_greedy_answers_are_those_of_transformers(engine: Engine, reference: torch.nn.Module) -> None:
    answers = engine.generate(PROMPTS, SamplingSettings(max_new_tokens=20), keys=KEYS)
    for prompt, (answer,) in zip(PROMPTS, answers, strict=True):
        output = reference.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.int64),
            max_new_tokens=20,
            do_sample=False,
            eos_token_id=0,
            pad_token_id=0,
        )
        assert answer.tokens.tolist() == output[0, len(prompt) :].tolist()


def test_scores_are_those_of_transformers(engine: Engine, reference: torch.nn.Module) -> None:
    continuations = [[5, 6, 7], [], [8], PROMPTS[1], [9] * 20, [4], [3, 3]]
    scores = engine.score(PROMPTS, continuations)
    for context, continuation, found in zip(PROMPTS, continuations, scores, strict=True):
        logits = reference(torch.tensor([context + continuation])).logits[0].log_softmax(-1)
        expected = [logits[len(context) + t - 1, token].item() for t, token in enumerate(continuation)]
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=2e-5)


def test_continuations_of_one_context_are_scored_as_if_alone(
    engine: Engine, model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contexts = [PROMPTS[1], PROMPTS[0], PROMPTS[1], PROMPTS[1], PROMPTS[2], PROMPTS[0], PROMPTS[1]]
    continuations = [[5, 6, 7], [8, 9], [], [5, 6, 9, 2, 2], [4], [7], [3] * 30]
    alone = [engine.score([c], [d])[0] for c, d in zip(contexts, continuations, strict=True)]
    small = load_engine(model_file, EngineSettings(name="transformers", device="cpu", batch_tokens=22), threads=1)
    shapes = []
    for chosen in (engine, small):
        forward = chosen.model.base_model.forward
        monkeypatch.setattr(
            chosen.model.base_model,
            "forward",
            lambda *a, forward=forward, **k: (shapes.append(k["input_ids"].shape), forward(*a, **k))[1],
        )
        for one, other in zip(chosen.score(contexts, continuations), alone, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)
    assert len(shapes) > 2
    assert shapes[0] == (3, 17 + 3 + 5 + 30)  # the first engine: one pass, a row for each context


@pytest.mark.parametrize("sampling", [SAMPLED, SAMPLED.model_copy(update={"top_k": 40, "top_p": 0.9})])
def test_draws_do_not_depend_on_the_batch(engine: Engine, sampling: SamplingSettings) -> None:
    together = engine.generate(PROMPTS, sampling, keys=KEYS)
    alone = [engine.generate([prompt], sampling, keys=[key])[0] for prompt, key in zip(PROMPTS, KEYS, strict=True)]
    texts = [[answer.tokens.tolist() for answer in several] for several in together]
    assert texts == [[answer.tokens.tolist() for answer in several] for several in alone]
    assert len({str(tokens) for several in texts for tokens in several}) == len(PROMPTS) * 3
    other = engine.generate(PROMPTS, sampling, keys=[key + 1 for key in KEYS])
    assert texts != [[answer.tokens.tolist() for answer in several] for several in other]


def test_small_batches_give_the_same(model_file: Path, engine: Engine) -> None:
    small = load_engine(
        model_file, EngineSettings(name="transformers", device="cpu", batch_tokens=40, batch_rows=2), threads=1
    )
    for sampling in (SAMPLED, SamplingSettings(max_new_tokens=16)):
        first, second = (e.generate(PROMPTS, sampling, keys=KEYS) for e in (engine, small))
        for one, other in zip(flat(first), flat(second), strict=True):
            assert one.tokens.tolist() == other.tokens.tolist()
            assert one.log_prob == pytest.approx(other.log_prob, abs=1e-4)
    for one, other in zip(engine.score(PROMPTS, PROMPTS), small.score(PROMPTS, PROMPTS), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_answers_say_how_they_ended(engine: Engine) -> None:
    answers = engine.generate(PROMPTS * 4, SAMPLED, keys=range(len(PROMPTS) * 4))
    for answer in flat(answers):
        assert answer.finished == (answer.tokens[-1] == 0)
        assert 0 not in answer.tokens[:-1]
        assert answer.finished or len(answer.tokens) == 16
        assert answer.tokens.dtype == np.int32
        assert "endoftext" not in answer.text


def test_finished_rows_leave_and_the_others_are_not_disturbed(engine: Engine, reference: torch.nn.Module) -> None:
    """With a hot temperature about one in 17 tokens ends a text here; log-probabilities tell of a mixed-up cache."""
    for parameter in engine.model.parameters():  # nearly uniform: many texts end
        parameter.data.mul_(0.2)
    sampling = SamplingSettings(max_new_tokens=60, temperature=50.0, candidates=40)
    answers = engine.generate(PROMPTS, sampling, keys=KEYS)
    lengths = [len(answer.tokens) for several in answers for answer in several]
    assert len(set(lengths)) > 10
    contexts = [prompt for prompt in PROMPTS for _ in range(40)]
    scores = engine.score(contexts, [answer.tokens.tolist() for answer in flat(answers)])
    np.testing.assert_allclose([s.sum() for s in scores], [a.log_prob for a in flat(answers)], atol=1e-3)


def test_log_prob_is_that_of_the_model_whatever_the_temperature(engine: Engine) -> None:
    for sampling in (SAMPLED, SamplingSettings(max_new_tokens=16)):
        answers = [several[0] for several in engine.generate(PROMPTS, sampling, keys=KEYS)]
        scores = engine.score(PROMPTS, [answer.tokens.tolist() for answer in answers])
        np.testing.assert_allclose([s.sum() for s in scores], [a.log_prob for a in answers], atol=1e-4)


def test_bfloat16_agrees_to_its_precision(model_file: Path, engine: Engine) -> None:
    rounded = load_engine(model_file, EngineSettings(name="transformers", device="cpu", dtype="bfloat16"), threads=1)
    first, second = engine.score(PROMPTS, PROMPTS), rounded.score(PROMPTS, PROMPTS)
    difference = np.abs(np.concatenate(first) - np.concatenate(second))
    assert 0 < difference.mean() < 0.2


def test_texts_that_do_not_fit(engine: Engine) -> None:
    with pytest.raises(DataError, match=r"prompt 1: 120 tokens.*context of 128"):
        engine.generate([[1], [1] * 120], SamplingSettings(max_new_tokens=9), keys=[0, 1])
    with pytest.raises(DataError, match="prompt 0: 0 tokens"):
        engine.generate([[]], SamplingSettings(), keys=[0])
    with pytest.raises(DataError, match="text 0: 129 tokens"):
        engine.score([[1] * 100], [[1] * 29])
    with pytest.raises(DataError, match="text 1: an empty context"):
        engine.score([[1], []], [[1], [2]])


def test_nothing_to_do(engine: Engine) -> None:
    assert engine.generate([], SAMPLED, keys=[]) == []
    assert engine.score([], []) == []


def test_vllm_that_is_not_there(model_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uncollapse.language.engines.choose.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="not installed"):
        load_engine(model_file, EngineSettings(name="vllm"), threads=1)


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no")
    with pytest.raises(ArtifactError, match="damaged"):
        load_engine(tmp_path / "x", EngineSettings(name="transformers"), threads=1)
