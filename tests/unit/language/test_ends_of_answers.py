"""Tokens that end an answer: those that a model's configurations list beside its tokenizer's end of text."""

import json
from pathlib import Path

import pytest
import torch
from tiny_models import model, tokenizer
from transformers import PreTrainedTokenizerFast

from uncollapse.language.artifact import LanguageModel, load_language_model, save_language_model
from uncollapse.language.base import from_folder
from uncollapse.language.engines.transformers_engine import TransformersEngine
from uncollapse.language.settings import EngineSettings, SamplingSettings
from uncollapse.language.vocabulary import ends_of

TURN = "<|end_of_turn|>"


def _tokenizer() -> PreTrainedTokenizerFast:
    made = tokenizer()
    made.add_special_tokens({"additional_special_tokens": [TURN]})
    return made


def _folder(path: Path, where: str, ends: list[int] | int) -> Path:
    made = _tokenizer()
    model(vocabulary=len(made)).save_pretrained(path)
    made.save_pretrained(path)
    file = path / where
    told = json.loads(file.read_text()) if file.is_file() else {}
    file.write_text(json.dumps(told | {"eos_token_id": ends}))
    return path


@pytest.mark.parametrize("where", ["config.json", "generation_config.json"])
def test_an_answer_ends_with_its_turn(where: str, tmp_path: Path) -> None:
    turn = _tokenizer().convert_tokens_to_ids(TURN)
    made = from_folder(_folder(tmp_path / "model", where, [0, turn]), key="base_models.a")
    save_language_model(made, tmp_path / "a.safetensors", about={})
    loaded = load_language_model(tmp_path / "a.safetensors")
    assert ends_of(loaded.tokenizer, loaded.model.config) == sorted([0, turn])
    with torch.no_grad():  # whatever is read, the turn ends at once
        loaded.model.lm_head.weight.zero_()
        loaded.model.model.norm.weight.fill_(1.0)
        loaded.model.lm_head.weight[turn] = 1.0
        loaded.model.lm_head.weight[5] = -1.0
    for sign in (1.0, -1.0):
        with torch.no_grad():
            loaded.model.lm_head.weight.mul_(sign)
        engine = TransformersEngine(LanguageModel(loaded.model, loaded.tokenizer), EngineSettings(device="cpu"))
        ((answer,),) = engine.generate([[7, 8]], SamplingSettings(max_new_tokens=4), keys=[0])
        assert (answer.tokens.tolist() == [turn]) == answer.finished
        if answer.finished:
            assert answer.text == ""
            return
    pytest.fail("no sign of the weights makes the turn's end the likeliest token")


def test_a_default_of_a_configuration_is_no_end_where_the_tokenizer_has_text_there(tmp_path: Path) -> None:
    """Configurations of Llama say 2 where nothing else is said, which here is a letter."""
    made = from_folder(_folder(tmp_path, "config.json", 2), key="base_models.a")
    assert ends_of(made.tokenizer, made.model.config, made.model.generation_config) == [0]


def test_what_adds_no_end_changes_no_byte_of_the_file(tmp_path: Path) -> None:
    made = from_folder(_folder(tmp_path, "generation_config.json", [0]), key="base_models.a")
    save_language_model(made, tmp_path / "a.safetensors", about={})
    made.model.generation_config = None
    save_language_model(made, tmp_path / "b.safetensors", about={})
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
