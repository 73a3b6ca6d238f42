"""A language model as one file: weights, and in the header its configuration, tokenizer and origin. No pickle, no code.

The header's entries: ``config`` (JSON of the transformers configuration), ``tokenizer`` (text of tokenizer.json),
``tokenizer_config`` (JSON: special tokens and chat template), ``about`` (JSON: where it comes from).
"""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uncollapse.language.lean_start  # noqa: F401  # isort: skip
import torch
from tokenizers import Tokenizer
from transformers import (
    CONFIG_MAPPING,
    MODEL_FOR_CAUSAL_LM_MAPPING,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging

from uncollapse.compute.bfloat16 import multiplies_bfloat16
from uncollapse.errors import ArtifactError
from uncollapse.language.changed_weights import beginning_of, whole_tensors
from uncollapse.language.vocabulary import check_vocabulary, ends_of
from uncollapse.language.weight_file import read_tensors, write_tensors

_LARGE = 100_000_000  # bytes of a model's file
_SPECIAL_TOKENS = ("bos_token", "eos_token", "unk_token", "pad_token")
# what a configuration says about one machine or one call (transformers notes a model's class when it saves a
# checkpoint), or asks transformers to run
_NOT_STORED = (
    "_name_or_path",
    "architectures",
    "auto_map",
    "dtype",
    "quantization_config",
    "torch_dtype",
    "transformers_version",
)


@dataclass(frozen=True)
class LanguageModel:
    """A causal language model with the tokenizer that its ids come from."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast


def save_language_model(
    language_model: LanguageModel, path: Path, *, about: dict[str, Any], dtype: torch.dtype | None = None
) -> None:
    """Write model and tokenizer as one safetensors file; equal weights and texts give equal bytes.

    Tied weights are stored once. ``about`` holds JSON values; ``dtype`` rounds the weights on their way to disk.
    """
    model, tokenizer = language_model.model, language_model.tokenizer
    config = {key: value for key, value in model.config.to_dict().items() if key not in _NOT_STORED}
    ends = ends_of(tokenizer, model.config, model.generation_config)
    if ends != ends_of(tokenizer, model.config):
        config["eos_token_id"] = ends  # what only its configuration for writing lists
    state = model.state_dict()
    for name in sorted(model.all_tied_weights_keys):
        source = model.all_tied_weights_keys[name]
        if name in state and source in state and state[name].data_ptr() == state[source].data_ptr():
            del state[name]
    if dtype is not None:
        state = {name: tensor.to(dtype) if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    special = {name: str(value) for name in _SPECIAL_TOKENS if (value := getattr(tokenizer, name)) is not None}
    template = {"chat_template": tokenizer.chat_template} if tokenizer.chat_template else {}
    write_tensors(
        state,
        path,
        metadata={
            "config": json.dumps(config, sort_keys=True),
            "tokenizer": tokenizer.backend_tokenizer.to_str(),
            "tokenizer_config": json.dumps(special | template, sort_keys=True),
            "about": json.dumps(about, sort_keys=True),
        },
    )


def load_language_model(
    path: Path,
    *,
    changed: Path | None = None,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
) -> LanguageModel:
    """Rebuild a model from its file, in evaluation mode; or one that began from it, with what training changed.

    Of a file of what training changed, given by itself, the beginning is found as by
    :func:`~uncollapse.language.changed_weights.beginning_of`; so it is by all functions below.

    Raises
    ------
    ArtifactError
        For a missing, damaged or foreign file, an architecture that this transformers does not know, or tensors that
        do not fit the configuration.
    """
    tensors, metadata = _read(path) if changed is None else whole_tensors(changed, path)
    tokenizer = _tokenizer(path, metadata)
    config = _config(path, metadata)
    try:
        with quiet():
            model, loading = MODEL_FOR_CAUSAL_LM_MAPPING[type(config)].from_pretrained(
                None, config=config, state_dict=tensors, dtype=dtype, output_loading_info=True
            )
    except (RuntimeError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ArtifactError(f"{path}: the tensors do not fit the configuration in the header: {error}") from error
    wrong = {kind: sorted(map(str, loading[kind])) for kind in loading if loading[kind]}
    if wrong:
        raise ArtifactError(f"{path}: the tensors do not fit the configuration in the header: {wrong}")
    check_vocabulary(model, tokenizer, where=str(path), error_type=ArtifactError)
    return LanguageModel(model.to(device).eval(), tokenizer)


def load_tokenizer(path: Path) -> PreTrainedTokenizerFast:
    """The tokenizer of a model's file."""
    return _tokenizer(path, read_tensors(beginning_of(path) or path)[1])


def stored_dtype(path: Path) -> torch.dtype:
    """The type of the weights in a model's file, for what is made from it to be stored alike."""
    tensors, _ = read_tensors(beginning_of(path) or path)
    return next(tensor.dtype for tensor in tensors.values() if tensor.is_floating_point())


def unpack(path: Path, folder: Path, *, changed: Path | None = None) -> Path:
    """Write the model as a folder in the format of transformers, for vLLM and lm-evaluation-harness; returns it.

    With ``changed`` it is the one that training made of it.
    """
    tensors, metadata = _read(path) if changed is None else whole_tensors(changed, path)
    config = _config(path, metadata)
    folder.mkdir(parents=True, exist_ok=True)
    config.architectures = [MODEL_FOR_CAUSAL_LM_MAPPING[type(config)].__name__]
    config.dtype = next(tensor.dtype for tensor in tensors.values() if tensor.is_floating_point())
    with quiet():
        config.save_pretrained(folder)
        _tokenizer(path, metadata).save_pretrained(folder)
    write_tensors(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def inference_dtype(path: Path, asked: str = "auto", *, device: torch.device) -> torch.dtype:
    """float32 or bfloat16, for the layers of a model that is not trained, as ``asked``.

    auto is bfloat16 for a large model on a device that multiplies it, else float32. SmolLM2-135M reads 3.5 times as
    many tokens a second on a CPU with bfloat16 units, and as many fewer on one without; a small model gains nothing.
    What is made of its last states, logits and their log-sum-exp, is float32 either way.
    """
    if asked == "auto":
        if not multiplies_bfloat16(device):
            return torch.float32
        whole = path
        with contextlib.suppress(ArtifactError):  # which reading it says
            whole = beginning_of(path) or path
        return torch.bfloat16 if whole.stat().st_size >= _LARGE else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[asked]


class quiet:
    """Context within which transformers prints errors alone, and no progress bars."""

    def __enter__(self) -> None:
        self._verbosity, self._bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
        logging.set_verbosity_error()
        logging.disable_progress_bar()

    def __exit__(self, *_: object) -> None:
        logging.set_verbosity(self._verbosity)
        if self._bars:
            logging.enable_progress_bar()


def _read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    beginning = beginning_of(path)
    return read_tensors(path) if beginning is None else whole_tensors(path, beginning)


def _config(path: Path, metadata: dict[str, str]) -> PreTrainedConfig:
    values = _entry(path, metadata, "config")
    kind = values.get("model_type")
    if kind not in CONFIG_MAPPING or CONFIG_MAPPING[kind] not in MODEL_FOR_CAUSAL_LM_MAPPING:
        raise ArtifactError(f"{path}: {kind!r} is no causal language model that this version of transformers knows")
    try:
        return CONFIG_MAPPING[kind].from_dict({key: value for key, value in values.items() if key not in _NOT_STORED})
    except (TypeError, ValueError) as error:
        raise ArtifactError(
            f"{path}: its header describes no model ({error}); delete the file and run again"
        ) from error


def _tokenizer(path: Path, metadata: dict[str, str]) -> PreTrainedTokenizerFast:
    special = _entry(path, metadata, "tokenizer_config")
    try:
        # the tokenizers library raises bare Exception for a text it cannot read
        tokenizer = Tokenizer.from_str(metadata["tokenizer"])
    except Exception as error:
        raise ArtifactError(f"{path}: no tokenizer in its header ({error}); delete the file and run again") from error
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, clean_up_tokenization_spaces=False, **special)


def _entry(path: Path, metadata: dict[str, str], name: str) -> dict[str, Any]:
    try:
        value = json.loads(metadata[name])
    except (KeyError, ValueError) as error:
        raise ArtifactError(f"{path}: not a language model (no {name!r} in its header); import it first") from error
    if not isinstance(value, dict):
        raise ArtifactError(f"{path}: {name!r} of its header is no JSON object; delete the file and run again")
    return value
