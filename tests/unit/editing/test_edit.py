"""Editing against a token-by-token implementation, and what must not change it."""

from dataclasses import replace

import brute_force
import numpy as np
import pytest
import tiny_models
import torch

from uncollapse.compute.transfer import OnItsWay
from uncollapse.editing import transformers_prior
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import edit, score, within
from uncollapse.editing.protect import Pieces
from uncollapse.editing.settings import EditSettings
from uncollapse.editing.transformers_prior import Head, TransformersPrior
from uncollapse.errors import ConfigError

CONTEXT = 24
LENGTHS = [0, 1, 5, 24, 25, 41, 70]
LIKELY = EditSettings(threshold=0.6, temperature=2.0, seed=3)


@pytest.fixture(scope="module")
def tokenizer():
    return tiny_models.tokenizer()


@pytest.fixture(scope="module")
def model():
    return tiny_models.model(context=CONTEXT)


@pytest.fixture(scope="module")
def prior(model, tokenizer):
    return TransformersPrior(model, tokenizer, batch_tokens=64)


@pytest.fixture(scope="module")
def documents(model):
    return Documents.of_lists(np.array([7, -2, 0, 1, 2**40, 5, 6]), tiny_models.likely(model, LENGTHS))


@pytest.fixture(scope="module")
def pieces(tokenizer):
    return Pieces(tokenizer)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"exclude_original": True},
        {"top_k": 64},
        {"sampling": "top_p", "top_p": 0.8},
        {"sampling": "top_p", "top_p": 0.5, "exclude_original": True},
        {"sampling": "full", "temperature": 1.0},
        {"sampling": "full", "exclude_original": True},
        {"direction": "<=", "threshold": 0.01},
        {"overlap": 0.0},
        {"overlap": 0.9},
    ],
)
def test_agrees_with_brute_force(model, prior, documents, pieces, change):
    settings = EditSettings(**(LIKELY.model_dump() | change))
    edited = edit(documents, prior, settings, pieces=pieces)
    assert edited.eligible.sum() > 20
    assert 0 < edited.changed.sum() <= edited.eligible.sum()
    rows = zip(documents.document_id.tolist(), documents.rows(), documents.offsets, edited.new.rows(), strict=False)
    for document, row, first, new in rows:
        p, eligible, tokens = brute_force.edit(model, document, row, settings, context=CONTEXT)
        here = slice(first, first + len(row))
        np.testing.assert_allclose(edited.p[here], p, atol=2e-5)
        assert np.array_equal(edited.eligible[here], eligible)
        assert np.array_equal(new, tokens)
        assert np.array_equal(edited.changed[here], tokens != row)


def test_prompt_is_read_and_not_edited(model, prior, documents, pieces):
    prompts = tiny_models.likely(model, [0, 4, 20, 3, 20, 9, 20], seed=1)
    asked = replace(documents, prompts=tuple(prompts))
    edited = edit(asked, prior, LIKELY, pieces=pieces)
    assert not np.array_equal(edited.p, edit(documents, prior, LIKELY, pieces=pieces).p)
    for number, row in enumerate(documents.rows()):
        document, prompt = int(documents.document_id[number]), prompts[number].tolist()
        p, eligible, tokens = brute_force.edit(model, document, row, LIKELY, prompt=prompt, context=CONTEXT)
        here = slice(documents.offsets[number], documents.offsets[number + 1])
        np.testing.assert_allclose(edited.p[here], p, atol=2e-5)
        assert np.array_equal(edited.eligible[here], eligible)
        assert np.array_equal(edited.new.rows()[number], tokens)


def test_batches_and_shards_change_nothing(model, tokenizer, documents, pieces):
    whole = edit(documents, TransformersPrior(model, tokenizer, batch_tokens=10_000), LIKELY, pieces=pieces)
    alone = TransformersPrior(model, tokenizer, batch_tokens=1)
    for number, row in reversed(list(enumerate(documents.rows()))):
        one = Documents.of_lists(documents.document_id[number : number + 1], [row])
        found = edit(one, alone, LIKELY, pieces=pieces)
        here = slice(documents.offsets[number], documents.offsets[number + 1])
        assert np.array_equal(found.new.tokens, whole.new.tokens[here])
        assert np.array_equal(found.eligible, whole.eligible[here])
        np.testing.assert_allclose(found.p, whole.p[here], atol=2e-5)


def test_blocks_that_are_queued_ahead_as_on_a_gpu_change_nothing(prior, documents, pieces, monkeypatch):
    expected = edit(documents, prior, LIKELY, pieces=pieces)
    monkeypatch.setattr(transformers_prior, "_AHEAD", {"cpu": 3})
    monkeypatch.setattr(transformers_prior, "_LOGITS", 7 * prior.model.config.vocab_size)  # 7 places a block
    events = []
    monkeypatch.setattr(OnItsWay, "wait", _noting(events, "read", OnItsWay.wait))
    monkeypatch.setattr(Head, "__call__", _noting(events, "computed", Head.__call__))
    found = edit(documents, prior, LIKELY, pieces=pieces)
    assert events[:6] == ["computed"] * 4 + ["read", "computed"]
    assert events[-3:] == ["read"] * 3
    assert events.count("read") == events.count("computed") > len(documents.tokens) // 7
    np.testing.assert_allclose(found.p, expected.p, atol=1e-6)
    np.testing.assert_array_equal(found.new.tokens, expected.new.tokens)


def _noting(events, name, method):
    def noted(*arguments):
        events.append(name)
        return method(*arguments)

    return noted


def test_seed_document_and_generation_change_draws(prior, documents, pieces):
    first = edit(documents, prior, LIKELY, pieces=pieces)
    for other in (
        edit(documents, prior, LIKELY.model_copy(update={"seed": 4}), pieces=pieces),
        edit(documents, prior, LIKELY, pieces=pieces, generation=2),
        edit(replace(documents, document_id=documents.document_id + 1), prior, LIKELY, pieces=pieces),
    ):
        assert np.array_equal(other.eligible, first.eligible)
        assert not np.array_equal(other.new.tokens, first.new.tokens)


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "gemma2", "granite"])
def test_probabilities_of_architectures(tokenizer, architecture):
    model = tiny_models.model(architecture, context=CONTEXT)
    rows = tiny_models.likely(model, [10, 3])
    p = score(Documents.of_lists(np.arange(2), rows), TransformersPrior(model, tokenizer))
    expected = [brute_force.edit(model, 0, row, LIKELY, context=CONTEXT)[0] for row in rows]
    np.testing.assert_allclose(p, np.concatenate(expected), atol=2e-5)


def test_unknown_head_is_refused(tokenizer):
    model = tiny_models.model(context=CONTEXT)
    forward = model.forward

    def doubled(*args, **kwargs):
        found = forward(*args, **kwargs)
        found.logits = found.logits * 2
        return found

    model.forward = doubled
    with pytest.raises(ConfigError, match="not supported"):
        TransformersPrior(model, tokenizer)


def test_deletion_removes_what_resampling_would_draw(prior, documents, pieces):
    settings = LIKELY.model_copy(update={"action": "delete"})
    deleted = edit(documents, prior, settings, pieces=pieces)
    resampled = edit(documents, prior, LIKELY, pieces=pieces)
    assert np.array_equal(deleted.eligible, resampled.eligible)
    assert np.array_equal(deleted.changed, deleted.eligible)
    kept = [row[~mask] for row, mask in zip(documents.rows(), _split(documents, deleted.eligible), strict=True)]
    for found, expected in zip(deleted.new.rows(), kept, strict=True):
        assert np.array_equal(found, expected)


def test_random_positions_are_as_many_and_others(prior, documents, pieces):
    usual = edit(documents, prior, LIKELY, pieces=pieces)
    control = edit(documents, prior, LIKELY.model_copy(update={"positions": "random"}), pieces=pieces)
    numbers = [[mask.sum() for mask in _split(documents, edited.eligible)] for edited in (usual, control)]
    assert numbers[0] == numbers[1]
    assert not np.array_equal(usual.eligible, control.eligible)
    np.testing.assert_allclose(control.p, usual.p, atol=2e-5)
    assert not (control.changed & ~control.eligible).any()
    other = edit(documents, prior, LIKELY.model_copy(update={"positions": "random", "seed": 9}), pieces=pieces)
    assert not np.array_equal(other.eligible, control.eligible)


def test_controls_edit_as_many_tokens_as_they_are_told(prior, documents, pieces):
    usual = edit(documents, prior, LIKELY, pieces=pieces)
    numbers = np.array([mask.sum() for mask in _split(documents, usual.changed)])
    assert 0 < numbers.sum() < usual.eligible.sum()
    anywhere = LIKELY.model_copy(update={"positions": "random", "exclude_original": True})
    control = edit(documents, prior, anywhere, pieces=pieces, numbers=numbers)
    assert [mask.sum() for mask in _split(documents, control.changed)] == numbers.tolist()
    assert (control.eligible & ~usual.eligible).any()
    deletion = LIKELY.model_copy(update={"action": "delete"})
    deleted = edit(documents, prior, deletion, pieces=pieces, numbers=numbers)
    assert [mask.sum() for mask in _split(documents, deleted.eligible)] == numbers.tolist()
    assert not (deleted.eligible & ~usual.eligible).any()
    assert len(deleted.new.tokens) == len(documents.tokens) - numbers.sum()
    most = edit(documents, prior, deletion, pieces=pieces, numbers=np.full(len(documents), 10**6))
    assert np.array_equal(most.eligible, usual.eligible)


def test_frozen_set_bounds_what_is_edited(prior, documents, pieces):
    first = edit(documents, prior, LIKELY, pieces=pieces)
    second = edit(first.new, prior, LIKELY, pieces=pieces, generation=2, frozen=first.eligible)
    free = edit(first.new, prior, LIKELY, pieces=pieces, generation=2)
    assert not (second.eligible & ~first.eligible).any()
    assert np.array_equal(second.eligible, free.eligible & first.eligible)
    assert (free.eligible & ~first.eligible).any()


def test_special_tokens_stay_and_are_never_drawn(model, prior, pieces):
    row = tiny_models.likely(model, [40])[0]
    row[::5] = 0
    settings = EditSettings(threshold=0.0, sampling="full", temperature=50.0)
    edited = edit(Documents.of_lists(np.array([1]), [row]), prior, settings, pieces=pieces)
    assert np.array_equal(edited.eligible, row != 0)
    assert (edited.new.tokens == 0).sum() == (row == 0).sum()


def test_protected_spans_stay(prior, tokenizer, pieces):
    ids = tokenizer(tiny_models.TEXT, add_special_tokens=False)["input_ids"]
    settings = EditSettings(threshold=0.0, exclude_original=True, protect=("digits", "urls", "code"))
    edited = edit(Documents.of_lists(np.array([0]), [ids]), prior, settings, pieces=pieces)
    text = tokenizer.decode(edited.new.tokens)
    for kept in ("1997", "www.example.org/a-b", "`code = 1`"):
        assert kept in text
    assert np.array_equal(edited.changed, edited.eligible)
    assert 0 < edited.eligible.sum() < len(ids)


def test_threshold_is_inclusive():
    p = np.array([0.25, 0.5, 0.75], dtype=np.float32)
    assert within(p, EditSettings(threshold=0.5)).tolist() == [False, True, True]
    assert within(p, EditSettings(threshold=0.5, direction="<=")).tolist() == [True, True, False]


def test_nothing_to_edit(prior, pieces):
    empty = Documents.of_lists(np.empty(0, np.int64), [])
    assert len(edit(empty, prior, LIKELY, pieces=pieces).new) == 0


def _split(documents, values):
    return np.split(values, documents.offsets[1:-1])


def test_bfloat16_models_are_scored_in_float32(tokenizer):
    model = tiny_models.model(context=CONTEXT, spread=0.3)
    rows = tiny_models.likely(model, [20, 24])
    documents = Documents.of_lists(np.arange(2), rows)
    exact = score(documents, TransformersPrior(model, tokenizer))
    rounded = score(documents, TransformersPrior(model.bfloat16(), tokenizer))
    assert np.abs(np.log(rounded) - np.log(exact)).max() < 0.1
    states = torch.randn(100, 32, generator=torch.Generator().manual_seed(0)).bfloat16()
    logits = states.double() @ model.get_output_embeddings().weight.double().T
    assert (Head(model)(states) - logits).abs().max() < 1e-5  # logits in bfloat16 would be off by 0.01
