"""Scores of classifiers are those of each text alone, whatever stands for padding in its two files."""

import json

import numpy as np
import pytest
import torch
from tiny_models import tokenizer
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    LlamaConfig,
    LlamaForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from uncollapse.passage_selection.classifier import scores
from uncollapse.passage_selection.settings import ClassifierSettings
from uncollapse.verifiers.answers import reward_model
from uncollapse.verifiers.candidate import Candidate

SIZES = {"vocab_size": 300, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
         "num_attention_heads": 2, "num_labels": 1, "initializer_range": 0.5}  # fmt: skip
TEXTS = ["It is four.", "four", "words " * 9, "It"]
MADE = {
    "llama": lambda pad: LlamaForSequenceClassification(
        LlamaConfig(**SIZES, num_key_value_heads=2, max_position_embeddings=64, pad_token_id=pad)
    ),
    "gpt2": lambda pad: GPT2ForSequenceClassification(
        GPT2Config(
            vocab_size=300,
            n_embd=16,
            n_layer=2,
            n_head=2,
            n_positions=64,
            num_labels=1,
            pad_token_id=pad,
            initializer_range=0.5,
        )
    ),
}


def _folder(path, made, *, pad=None, template=None, **saved):
    torch.manual_seed(0)
    made().save_pretrained(path)
    with_it = tokenizer()
    with_it.chat_template = template
    if pad is not None:
        with_it.pad_token = pad
    with_it.save_pretrained(path)
    told = path / "tokenizer_config.json"
    told.write_text(json.dumps(json.loads(told.read_text()) | saved))
    return str(path)


def _alone(folder, kind, ids):
    loaded = kind.from_pretrained(folder).eval()
    with torch.inference_mode():
        return [loaded(input_ids=torch.tensor([one])).logits[0, 0].item() for one in ids]


@pytest.mark.parametrize("architecture", list(MADE))
@pytest.mark.parametrize("config", [None, 7, 0])
@pytest.mark.parametrize("own", [None, "<|endoftext|>", "a"])
def test_rewards_are_those_of_each_text_alone(architecture, config, own, tmp_path):
    folder = _folder(tmp_path, lambda: MADE[architecture](config), pad=own)
    with reward_model.open_verifier(reward_model.Settings(model=folder, device="cpu"), threads=1) as verifier:
        found = [one.score for one in verifier.judge([Candidate(text, prompt="") for text in TEXTS])]
        assert verifier.model.config.pad_token_id == config  # as it was
    kind = {"llama": LlamaForSequenceClassification, "gpt2": GPT2ForSequenceClassification}[architecture]
    expected = _alone(folder, kind, [tokenizer()(text)["input_ids"] for text in TEXTS])
    assert found == pytest.approx(expected, abs=1e-5)


def test_an_end_of_text_that_the_template_writes_is_where_the_score_is(tmp_path):
    """As of reward models whose tokenizer has no padding: the end of text is the last token, and no padding."""
    template = "{% for m in messages %}{{ m.content }}{% endfor %}<|endoftext|>"
    folder = _folder(tmp_path, lambda: MADE["llama"](None), template=template)
    with reward_model.open_verifier(reward_model.Settings(model=folder, device="cpu"), threads=1) as verifier:
        found = [one.score for one in verifier.judge([Candidate(text, prompt="") for text in TEXTS])]
    ids = [[*tokenizer()(text)["input_ids"], 0] for text in TEXTS]
    assert found == pytest.approx(_alone(folder, LlamaForSequenceClassification, ids), abs=1e-5)


@pytest.mark.parametrize("own", [None, "a"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_scores_of_passages_are_those_of_each_text_alone(own, side, tmp_path):
    folder = _folder(tmp_path, lambda: MADE["gpt2"](9), pad=own, padding_side=side, truncation_side=side)
    found = np.concatenate(list(scores(TEXTS, ClassifierSettings(folder=folder), longest=12)))
    ids = [tokenizer()(text)["input_ids"][:12] for text in TEXTS]  # the first tokens are read
    assert found == pytest.approx(_alone(folder, GPT2ForSequenceClassification, ids), abs=1e-5)


@pytest.mark.parametrize(
    ("kind", "config", "positions"),
    [(BertForSequenceClassification, BertConfig, 20), (RobertaForSequenceClassification, RobertaConfig, 18)],
)
def test_a_long_answer_keeps_the_token_that_texts_begin_with(kind, config, positions, tmp_path):
    """Encoders have their score there; RoBERTa's have two positions fewer than they say."""
    made = config(**SIZES, max_position_embeddings=20, pad_token_id=1)
    begin = "<|endoftext|>"
    folder = _folder(
        tmp_path, lambda: kind(made), template=begin + "{% for m in messages %}{{ m.content }}{% endfor %}"
    )
    with reward_model.open_verifier(reward_model.Settings(model=folder, device="cpu"), threads=1) as verifier:
        (found,) = verifier.judge([Candidate("It is four. " * 9, prompt="")])
    ids = tokenizer()("It is four. " * 9)["input_ids"]
    expected = _alone(folder, kind, [[0, *ids[-(positions - 1) :]]])
    assert found.score == pytest.approx(expected[0], abs=1e-5)
