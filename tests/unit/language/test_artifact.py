"""A language model as one file."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from uncollapse.errors import ArtifactError
from uncollapse.language.artifact import (
    LanguageModel,
    load_language_model,
    save_language_model,
    stored_dtype,
    unpack,
)
from uncollapse.language.weight_file import read_tensors, write_tensors

IDS = torch.arange(1, 25).view(2, 12)


def test_a_loaded_model_is_the_saved_one(
    make_language_model: Callable[..., LanguageModel], architecture: str, model_file: Path
) -> None:
    saved, loaded = make_language_model(architecture), load_language_model(model_file)
    assert torch.equal(loaded.model(IDS).logits, saved.model(IDS).logits)
    assert not loaded.model.training
    text = "Zwölf Boxkämpfer <|endoftext|>"
    assert loaded.tokenizer(text)["input_ids"] == saved.tokenizer(text)["input_ids"]
    for name in ("bos_token_id", "eos_token_id", "pad_token_id"):
        assert getattr(loaded.tokenizer, name) == getattr(saved.tokenizer, name)
    assert json.loads(read_tensors(model_file)[1]["about"]) == {"seed": 0}


def test_equal_models_are_equal_bytes_and_others_are_not(
    make_language_model: Callable[..., LanguageModel], architecture: str, model_file: Path, tmp_path: Path
) -> None:
    again, other = tmp_path / "again", tmp_path / "other"
    save_language_model(load_language_model(model_file), again, about={"seed": 0})
    save_language_model(make_language_model(architecture, seed=1), other, about={"seed": 0})
    assert again.read_bytes() == model_file.read_bytes() != other.read_bytes()


def test_tied_weights_are_stored_once_and_stay_tied(model_file: Path) -> None:
    tensors, _ = read_tensors(model_file)
    assert "lm_head.weight" not in tensors
    model = load_language_model(model_file).model
    assert model.get_output_embeddings().weight is model.get_input_embeddings().weight


def test_untied_weights_are_both_stored(make_language_model: Callable[..., LanguageModel], tmp_path: Path) -> None:
    made = make_language_model()
    made.model.config.tie_word_embeddings = False
    made.model.lm_head.weight = torch.nn.Parameter(made.model.lm_head.weight.detach() * 2)
    save_language_model(made, tmp_path / "untied", about={})
    assert torch.equal(load_language_model(tmp_path / "untied").model(IDS).logits, made.model(IDS).logits)


def test_rounding_on_the_way_to_disk(model_file: Path, tmp_path: Path) -> None:
    whole = load_language_model(model_file)
    save_language_model(whole, tmp_path / "half", about={}, dtype=torch.bfloat16)
    assert stored_dtype(tmp_path / "half") == torch.bfloat16
    assert stored_dtype(model_file) == torch.float32
    loaded = load_language_model(tmp_path / "half", dtype=torch.float32).model.state_dict()
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(loaded[name], tensor.to(torch.bfloat16).float()), name


def test_transformers_reads_what_is_unpacked(model_file: Path, tmp_path: Path) -> None:
    folder = unpack(model_file, tmp_path / "folder")
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    assert torch.equal(model(IDS).logits, load_language_model(model_file).model(IDS).logits)
    assert tokenizer("a b")["input_ids"] == load_language_model(model_file).tokenizer("a b")["input_ids"]


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"none\.safetensors: no such file"):
        load_language_model(tmp_path / "none.safetensors")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.999])
def test_a_truncated_file(model_file: Path, share: float) -> None:
    content = model_file.read_bytes()
    model_file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ArtifactError, match="delete the file"):
        load_language_model(model_file)


def test_a_flipped_bit_is_noticed_wherever_it_is(
    make_language_model: Callable[..., LanguageModel], tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    save_language_model(make_language_model(), path, about={"seed": 3})
    content = path.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    chance = random.Random(0)
    for place in [*range(8), *chance.sample(range(8, header), 60), *chance.sample(range(header, len(content)), 40)]:
        broken = bytearray(content)
        broken[place] ^= 1 << chance.randrange(8)
        path.write_bytes(broken)
        with pytest.raises(ArtifactError, match=r"model\.safetensors"):
            load_language_model(path)


def test_a_file_of_another_program(tmp_path: Path) -> None:
    save_file({"weight": torch.ones(2)}, tmp_path / "other")
    with pytest.raises(ArtifactError, match="not written by uncollapse"):
        load_language_model(tmp_path / "other")


def test_another_kind_of_file_of_ours(tmp_path: Path) -> None:
    write_tensors({"weight": torch.ones(2)}, tmp_path / "other", metadata={})
    with pytest.raises(ArtifactError, match="not a language model"):
        load_language_model(tmp_path / "other")


@pytest.mark.parametrize("change", ["missing", "extra", "reshaped"])
def test_tensors_that_do_not_fit(model_file: Path, change: str) -> None:
    tensors, metadata = read_tensors(model_file)
    name = next(name for name in tensors if "weight" in name and tensors[name].ndim == 2)
    if change == "missing":
        del tensors[name]
    elif change == "extra":
        tensors["more.weight"] = torch.ones(2)
    else:
        tensors[name] = torch.ones(3, 3)
    write_tensors(tensors, model_file, metadata=metadata)
    with pytest.raises(ArtifactError, match="do not fit"):
        load_language_model(model_file)


@pytest.mark.parametrize("kind", ["t5", "clip", "not-there", None])
def test_an_architecture_that_is_no_causal_language_model(model_file: Path, kind: str | None) -> None:
    tensors, metadata = read_tensors(model_file)
    metadata["config"] = json.dumps(json.loads(metadata["config"]) | {"model_type": kind})
    write_tensors(tensors, model_file, metadata=metadata)
    with pytest.raises(ArtifactError, match="causal language model"):
        load_language_model(model_file)


def test_no_code_is_named_in_a_file(make_language_model: Callable[..., LanguageModel], tmp_path: Path) -> None:
    made = make_language_model()
    made.model.config.auto_map = {"AutoModelForCausalLM": "evil.Model"}
    save_language_model(made, tmp_path / "model", about={})
    assert b"auto_map" not in (tmp_path / "model").read_bytes()[:20_000]
