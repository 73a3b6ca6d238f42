"""Models that are not what they seem: weights missing or unknown, other kinds, another model's tokenizer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import tiny_models
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertModel,
    Qwen2Config,
    Qwen2ForCausalLM,
    RobertaConfig,
)

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import edit
from uncollapse.editing.protect import Pieces
from uncollapse.editing.settings import EditSettings
from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.errors import ArtifactError, ConfigError
from uncollapse.language.any_model import load_any
from uncollapse.language.artifact import LanguageModel
from uncollapse.language.engines.transformers_engine import TransformersEngine
from uncollapse.language.pretrained import CAUSAL, CLASSIFIER, ENCODER, load_pretrained, longest_read
from uncollapse.language.settings import EngineSettings, SamplingSettings
from uncollapse.language.text import encode, encode_texts
from uncollapse.language.vocabulary import ids_without_token, never_drawn, special_ids

SMALL = {"vocab_size": 300, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 8}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    prepare(ComputeSettings(device="cpu"), threads=1)


def _save(folder: Path, model: torch.nn.Module) -> Path:
    model.save_pretrained(folder)
    tiny_models.tokenizer().save_pretrained(folder)
    return folder


def _change(folder: Path, change: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]) -> None:
    file = folder / "model.safetensors"
    tensors = {name: tensor.clone() for name, tensor in load_file(file).items()}
    save_file(change(tensors), file, metadata={"format": "pt"})


DOWN = "model.layers.1.mlp.down_proj.weight"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: {n: v for n, v in t.items() if n != DOWN}, rf"lacks the weights {DOWN}"),
        (lambda t: {n: v for n, v in t.items() if n != "lm_head.weight"}, r"lacks the weights lm_head\.weight"),
        (lambda t: t | {"model.layers.2.mlp.down_proj.weight": t[DOWN].clone()}, r"not know: model\.layers\.2"),
        (lambda t: {f"_orig_mod.{n}": v for n, v in t.items()}, r"'_orig_mod\.', as torch\.compile leaves it"),
        (lambda t: {f"module.{n}": v for n, v in t.items()}, r"begin with 'module\.'; save"),
        (lambda t: t | {DOWN: t[DOWN] * float("nan")}, "not finite"),
        (
            lambda t: t | {DOWN: (t[DOWN] * 99).round().to(torch.int8)},
            rf"the weights {re.escape(DOWN)} \(i8\), without",
        ),
        (lambda t: t | {"lm_head.weight": t["lm_head.weight"].to(torch.int32)}, r"lm_head\.weight \(i32\)"),
        (lambda t: t | {DOWN: t[DOWN] > 0}, r"down_proj\.weight \(bool\)"),
        (lambda t: t | {DOWN: t[DOWN][:-1].clone()}, rf"of another shape .*: {DOWN} \(31 x 48, not 32 x 48\)"),
    ],
)
def test_weights_that_do_not_make_the_model(
    change: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]], told: str, tmp_path: Path
) -> None:
    _change(_save(tmp_path, tiny_models.model()), change)
    with pytest.raises(ArtifactError, match=told):
        load_pretrained(CAUSAL, tmp_path, where="mine", error_type=ArtifactError)


def test_quantized_weights_of_several_files_and_of_an_encoder(tmp_path: Path) -> None:
    tiny_models.model().save_pretrained(tmp_path / "parts", max_shard_size="20KB")
    tiny_models.tokenizer().save_pretrained(tmp_path / "parts")
    parts = sorted((tmp_path / "parts").glob("model-*.safetensors"))
    assert len(parts) > 1
    load_pretrained(CAUSAL, tmp_path / "parts", where="mine")
    tensors = load_file(parts[-1])
    name = next(name for name, tensor in tensors.items() if tensor.ndim == 2)
    save_file(tensors | {name: tensors[name].to(torch.uint8)}, parts[-1], metadata={"format": "pt"})
    with pytest.raises(ConfigError, match=rf"whole numbers, not fractions, for the weights {re.escape(name)} \(u8\)"):
        load_pretrained(CAUSAL, tmp_path / "parts", where="mine")
    encoder = BertModel(BertConfig(**SMALL))
    folder = _save(tmp_path / "encoder", encoder)  # its names have no prefix, or that of a model around it
    _change(folder, lambda t: {f"bert.{n}": v.to(torch.int8) if "query.weight" in n else v for n, v in t.items()})
    with pytest.raises(ConfigError, match=r"query\.weight \(i8\)"):
        load_pretrained(ENCODER, folder, where="mine")


def test_fractions_of_any_size_are_read(tmp_path: Path) -> None:
    folder = _save(tmp_path, tiny_models.model())
    for dtype in (torch.bfloat16, torch.float16, torch.float64):
        _change(folder, lambda t, to=dtype: {name: value.to(to) for name, value in t.items()})
        model, _ = load_pretrained(CAUSAL, folder, where="mine")
        assert {weight.dtype for weight in model.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    "content",
    [b"<html>not found</html>", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", None, b""],
)
def test_a_file_that_holds_no_weights_is_told(content: bytes | None, tmp_path: Path) -> None:
    file = _save(tmp_path, tiny_models.model()) / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100] if content is None else content)
    with pytest.raises(ConfigError, match=r"mine: cannot be loaded .*\.safetensors file is damaged or none .*git lfs"):
        load_pretrained(CAUSAL, tmp_path, where="mine")


def test_a_configuration_that_contradicts_itself_is_told(tmp_path: Path) -> None:
    config = Qwen2Config(**SMALL | {"num_key_value_heads": 1})
    _save(tmp_path, Qwen2ForCausalLM(config))
    told = json.loads((tmp_path / "config.json").read_text()) | {"num_hidden_layers": 3}
    (tmp_path / "config.json").write_text(json.dumps(told))
    with pytest.raises(ConfigError, match=r"mine: cannot be loaded as a causal language model: "):
        load_pretrained(CAUSAL, tmp_path, where="mine")


def test_an_adapter_is_no_model_and_none_is_put_on_top_of_one(tmp_path: Path) -> None:
    whole = _save(tmp_path / "whole", tiny_models.model())
    adapted = get_peft_model(tiny_models.model(), LoraConfig(target_modules=["q_proj"], r=2, init_lora_weights=False))
    adapted.save_pretrained(tmp_path / "adapter")
    for file in (tmp_path / "adapter").glob("adapter_*"):
        (whole / file.name).write_bytes(file.read_bytes())
    with pytest.raises(ConfigError, match=r"mine: an adapter lies beside the weights .*merge_and_unload"):
        load_pretrained(CAUSAL, whole, where="mine")
    with pytest.raises(ArtifactError, match=r"adapter: holds an adapter .* and no model: merge it"):
        load_any(str(tmp_path / "adapter"))


@pytest.mark.parametrize("architecture", ["llama", "qwen2"])
def test_a_model_without_its_tokenizer_is_refused(architecture: str, tmp_path: Path) -> None:
    """transformers makes a tokenizer of no tokens for some architectures, which reads nothing of any text."""
    made = Qwen2ForCausalLM(Qwen2Config(**SMALL | {"num_key_value_heads": 1}))
    _save(tmp_path, made if architecture == "qwen2" else tiny_models.model())
    for file in tmp_path.glob("tokenizer*"):
        file.unlink()
    with pytest.raises(ConfigError, match=r"mine: (its tokenizer has no tokens|cannot be loaded)"):
        load_pretrained(CAUSAL, tmp_path, where="mine")


@pytest.mark.parametrize("kind", [BertConfig, RobertaConfig])
def test_no_more_tokens_are_read_than_there_are_positions_for(kind: type, tmp_path: Path) -> None:
    positions = 12
    config = kind(**SMALL | {"num_labels": 1, "max_position_embeddings": positions, "pad_token_id": 1})
    model = AutoModelForSequenceClassification.from_config(config)
    tokenizer = tiny_models.tokenizer()
    longest = longest_read(model.eval(), tokenizer, 512)
    assert longest == (positions if kind is BertConfig else positions - 2)
    with torch.inference_mode():
        model(input_ids=torch.full((1, longest), 7))
        with pytest.raises((IndexError, RuntimeError)):
            model(input_ids=torch.full((1, longest + 1), 7))


def test_constants_of_older_versions_are_no_fault(tmp_path: Path) -> None:
    _change(
        _save(tmp_path, tiny_models.model("gpt2")),
        lambda t: t | {"transformer.h.0.attn.masked_bias": torch.ones(1)},
    )
    load_pretrained(CAUSAL, tmp_path, where="mine")


@pytest.mark.parametrize("named", [True, False])
def test_a_masked_model_is_no_causal_one(named: bool, tmp_path: Path) -> None:
    _save(tmp_path, BertForMaskedLM(BertConfig(**SMALL, initializer_range=0.5)))
    config = json.loads((tmp_path / "config.json").read_text())
    if not named:  # as in folders that other programs wrote
        del config["architectures"]
        (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ConfigError, match=r"mine: no causal language model"):
        load_pretrained(CAUSAL, tmp_path, where="mine")


def test_an_encoder_may_have_a_head_that_is_not_asked_for_but_no_layer_too_few_or_too_many(tmp_path: Path) -> None:
    masked = _save(tmp_path / "masked", BertForMaskedLM(BertConfig(**SMALL)))
    load_pretrained(ENCODER, masked, where="mine")
    layer = "bert.encoder.layer.{}.output.dense.bias"
    _change(masked, lambda t: t | {layer.format(2): t[layer.format(1)].clone()})
    with pytest.raises(ConfigError, match=r"does not know: bert\.encoder\.layer\.2"):
        load_pretrained(ENCODER, masked, where="mine")
    _change(masked, lambda t: {n: v for n, v in t.items() if ".layer.1." not in n and ".layer.2." not in n})
    with pytest.raises(ConfigError, match=r"lacks the weights encoder\.layer\.1.* and \d+ more"):
        load_pretrained(ENCODER, masked, where="mine")


def test_a_classifier_needs_its_head(tmp_path: Path) -> None:
    whole = _save(tmp_path / "whole", BertForSequenceClassification(BertConfig(**SMALL, num_labels=1)))
    load_pretrained(CLASSIFIER, whole, where="mine")
    bare = _save(tmp_path / "bare", BertModel(BertConfig(**SMALL)))
    with pytest.raises(ConfigError, match=r"lacks the weights classifier\.bias, classifier\.weight"):
        load_pretrained(CLASSIFIER, bare, where="mine")


def test_code_that_comes_with_a_model_is_neither_run_nor_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _save(tmp_path, tiny_models.model())
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": dict.fromkeys(("AutoConfig", "AutoModelForCausalLM"), "own.Own")}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Own: pass\n")
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("asks on standard input"))
    with pytest.raises(ConfigError, match="mine: cannot be loaded"):
        load_pretrained(CAUSAL, tmp_path, where="mine")
    assert not (tmp_path / "ran").exists()


def test_a_tokenizer_with_more_ids_than_the_model(tmp_path: Path) -> None:
    _save(tmp_path, tiny_models.model())
    tokenizer = tiny_models.tokenizer()
    tokenizer.add_tokens([f"<extra_{number}>" for number in range(5)])
    tokenizer.save_pretrained(tmp_path)
    size = len(tokenizer)
    assert size > 300
    with pytest.raises(ConfigError, match=rf"mine: its tokenizer has ids up to {size - 1}, but .* up to 299"):
        load_pretrained(CAUSAL, tmp_path, where="mine")


def _with_marked() -> object:
    """A tokenizer of 305 ids, of which two special ones have no role."""
    made = tiny_models.tokenizer()
    made.backend_tokenizer.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    return made


def test_special_are_tokens_that_are_named_or_marked() -> None:
    tokenizer = _with_marked()
    size = len(tokenizer)
    assert special_ids(tokenizer) == [0, size - 2, size - 1]
    assert ids_without_token(tokenizer, size + 2) == [size, size + 1]
    assert never_drawn(tokenizer, size + 2) == [0, size - 2, size - 1, size, size + 1]
    spelled = encode_texts(tokenizer, ["<|im_start|>user <|endoftext|>", "on", ""])
    assert not set(spelled[0]) & set(special_ids(tokenizer))
    assert tokenizer.decode(spelled[0]) == "<|im_start|>user <|endoftext|>"
    assert spelled == [encode(tokenizer, text) for text in ("<|im_start|>user <|endoftext|>", "on", "")]
    assert encode_texts(tokenizer, []) == []


def test_editing_draws_neither_special_tokens_nor_ids_without_one_and_leaves_what_spells_them() -> None:
    tokenizer = _with_marked()
    prior = TransformersPrior(tiny_models.model(vocabulary=340, context=64), tokenizer)
    texts = ["<|im_start|>user\nThe model reads words<|im_end|>", "it writes them again"] * 8
    documents = Documents.of_lists(torch.arange(16).numpy(), encode_texts(tokenizer, texts))
    always = EditSettings(threshold=0.0, sampling="full", temperature=50.0, exclude_original=True)
    edited = edit(documents, prior, always, pieces=Pieces(tokenizer))
    assert edited.changed.sum() > 100
    assert not set(edited.new.tokens.tolist()) & set(never_drawn(tokenizer, 340))
    for text in tokenizer.batch_decode(edited.new.rows()[::2]):
        assert text.startswith("<|im_start|>")
        assert text.endswith("<|im_end|>")


def test_answers_hold_no_id_without_a_token() -> None:
    tokenizer = tiny_models.tokenizer()
    model = tiny_models.model(vocabulary=len(tokenizer) + 100, spread=0.1)
    engine = TransformersEngine(LanguageModel(model, tokenizer), EngineSettings())
    sampling = SamplingSettings(max_new_tokens=12, temperature=5.0, candidates=8)
    answers = engine.generate([[5, 6], [7]], sampling, keys=[1, 2])
    drawn = [token for several in answers for answer in several for token in answer.tokens.tolist()]
    assert len(drawn) > 50
    assert max(drawn) < len(tokenizer)
