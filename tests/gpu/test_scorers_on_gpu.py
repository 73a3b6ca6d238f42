"""Reward models, classifiers and sentence encoders on a GPU and on a CPU."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import transformers
from tiny_models import tokenizer

from uncollapse.language.sentence_embeddings import embed
from uncollapse.passage_selection.classifier import scores
from uncollapse.passage_selection.settings import ClassifierSettings
from uncollapse.verifiers.answers import reward_model
from uncollapse.verifiers.candidate import Candidate

TEXTS = ["It is four.", "words " * 30, "four", "the end of a sea", "a", "the sea " * 12]
SIZES = {"vocab_size": 300, "hidden_size": 32, "intermediate_size": 48}
LAYERS = {"num_hidden_layers": 2, "num_attention_heads": 4}


def _saved(folder: Path, kind: str, *, spread: float) -> str:
    """A model of random weights in the format of transformers."""
    torch.manual_seed(0)
    known = SIZES | LAYERS | {"max_position_embeddings": 128, "pad_token_id": 0, "initializer_range": spread}
    if kind == "reward":
        config = transformers.LlamaConfig(**known, num_key_value_heads=2, num_labels=1)
        transformers.LlamaForSequenceClassification(config).save_pretrained(folder)
    else:
        config = transformers.BertConfig(**known, num_labels=1)
        kinds = {"classifier": transformers.BertForSequenceClassification, "encoder": transformers.BertModel}
        kinds[kind](config).save_pretrained(folder)
    made = tokenizer()
    made.pad_token = made.eos_token
    made.model_max_length = 128
    made.save_pretrained(folder)
    return str(folder)


def test_rewards_are_those_of_a_cpu_in_bfloat16(tmp_path: Path) -> None:
    model = _saved(tmp_path, "reward", spread=0.2)
    found = []
    for device in ("cpu", "cuda"):
        settings = reward_model.Settings(model=model, device=device, lowest=0.0, batch=4)
        with reward_model.open_verifier(settings, threads=1) as verifier:
            assert verifier.model.device.type == device
            verdicts = verifier.judge([Candidate(text, prompt="2 + 2?") for text in [*TEXTS, ""]])
        found.append([verdict.score for verdict in verdicts])
    spread = np.ptp(found[0])
    assert spread > 0.1
    np.testing.assert_allclose(found[1], found[0], atol=0.1 * spread)


def test_scores_of_a_classifier_are_those_of_a_cpu(tmp_path: Path) -> None:
    settings = ClassifierSettings(folder=_saved(tmp_path, "classifier", spread=0.5))
    one, other = (
        np.concatenate(list(scores(TEXTS, settings, device=torch.device(device), batch=4)))
        for device in ("cpu", "cuda")
    )
    assert np.ptp(one) > 0.01
    np.testing.assert_allclose(other, one, atol=1e-4)


def test_embeddings_are_those_of_a_cpu(tmp_path: Path) -> None:
    encoder = _saved(tmp_path, "encoder", spread=0.5)
    one, other = (embed(TEXTS, encoder=encoder, device=torch.device(device)) for device in ("cpu", "cuda"))
    assert np.linalg.norm(one - one[0], axis=1).max() > 0.1
    np.testing.assert_allclose(other, one, atol=1e-4)
    if torch.cuda.is_available():
        np.testing.assert_allclose(embed(TEXTS, encoder=encoder), one, atol=1e-4)
