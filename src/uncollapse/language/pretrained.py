"""Models of others through transformers: whole, as they were trained, and without any code that comes with them.

transformers draws weights that a file lacks at random, leaves out those that it does not know, loads a masked language
model as a causal one, and asks on standard input whether it may run a model's code. Here each is an error instead.
"""

import re
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uncollapse.language.lean_start  # noqa: F401  # isort: skip
import torch
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from uncollapse.errors import ConfigError, UncollapseError
from uncollapse.language.hub_access import asked_once
from uncollapse.language.model_files import ADAPTER, MERGE, loading
from uncollapse.language.stored_types import quantized
from uncollapse.language.vocabulary import check_vocabulary

# what older versions of transformers saved beside the weights: constants that follow from the configuration
_CONSTANTS = re.compile(r"(\.attn\.(masked_)?bias|rotary_emb\.inv_freq|position_ids)$")
_POOLER = re.compile(r"(^|\.)pooler\.")  # on top of an encoder's last states, which are read without it
_TELLING = 3  # names of weights in a message


@dataclass(frozen=True)
class Kind:
    """A use of a model: its class in transformers, its name in words, and weights that the use does without."""

    words: str
    auto: type
    not_needed: tuple[re.Pattern[str], ...] = field(default=())


CAUSAL = Kind("a causal language model", AutoModelForCausalLM)
ENCODER = Kind("a sentence encoder", AutoModel, (_POOLER,))
CLASSIFIER = Kind("a sequence classifier", AutoModelForSequenceClassification)


def load_pretrained(
    kind: Kind,
    place: str | Path,
    *,
    where: str,
    dtype: torch.dtype = torch.float32,
    remedy: str = "",
    error_type: type[UncollapseError] = ConfigError,
    **options: Any,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model, in evaluation mode on the CPU, and tokenizer from a folder or the hub.

    Parameters
    ----------
    where : what errors begin with: a key of config, or the name that was given.
    remedy : what the error ends with where nothing can be loaded.
    options : of transformers' ``from_pretrained``, such as ``revision`` and ``gguf_file``.

    Raises
    ------
    UncollapseError
        Of ``error_type``: for what cannot be loaded; weights that are missing, unknown, quantized without their scales
        or not numbers; a model of
        another kind, as a masked one where a causal one is asked for; an adapter, which transformers would put on top
        of a model unasked; a tokenizer without tokens, or with ids that the model has not.
    """
    options["trust_remote_code"] = False
    weights = {} if options.get("gguf_file") else {"use_safetensors": True}  # no pickle
    of_hub = not (options.get("local_files_only") or Path(place).is_dir())
    adapter = f"{where}: an adapter lies beside the weights ({ADAPTER}), or is all there is: {MERGE}, or leave it out"
    if (Path(place) / ADAPTER).is_file():
        raise error_type(adapter)
    with asked_once() if of_hub else nullcontext(), loading(where, kind.words, remedy=remedy, error_type=error_type):
        tokenizer = AutoTokenizer.from_pretrained(place, **options)
        # some are saved as they were used: texts would lose their beginning, and stand behind their padding
        tokenizer.padding_side = tokenizer.truncation_side = "right"
        # weights of another shape are told below, where transformers would refer to a report that it prints
        model, report = kind.auto.from_pretrained(
            place, dtype=dtype, output_loading_info=True, ignore_mismatched_sizes=True, **weights, **options
        )
    if getattr(model, "_hf_peft_config_loaded", False):
        raise error_type(adapter)
    model = model.eval()
    architectures: Sequence[str] = model.config.architectures or []
    if kind is CAUSAL and (masked := [each for each in architectures if each.endswith("ForMaskedLM")]):
        raise error_type(
            f"{where}: no causal language model (it is a {masked[0]}); use one that predicts the next token"
        )
    if fault := _fault(kind, model, report):
        raise error_type(f"{where}: no {kind.words.removeprefix('a ')} ({fault})")
    if not options.get("gguf_file") and (kinds := quantized(model, place, revision=options.get("revision"))):
        told = _named([f"{name} ({kind.lower()})" for name, kind in kinds.items()])
        raise error_type(
            f"{where}: its file holds whole numbers, not fractions, for the weights {told}, without the scales to read"
            " them by; give the model before it was quantized"
        )
    check_vocabulary(model, tokenizer, where=where, error_type=error_type)
    if fault := _fault_of_outputs(kind, model):
        raise error_type(f"{where}: {fault}")
    return model, tokenizer


def _fault(kind: Kind, model: PreTrainedModel, report: dict[str, Any]) -> str:
    """A sentence on weights of the file and of the model that do not belong to each other; empty where all do."""
    missing = {str(name) for name in report["missing_keys"]}
    missing = {name for name in missing if not any(pattern.search(name) for pattern in kind.not_needed)}
    unknown = {name for name in map(str, report["unexpected_keys"]) if not _CONSTANTS.search(name)}
    if kind is not CAUSAL:  # a head for another task is left aside, a layer that the model has no place for is not
        own = {name for name, _ in model.named_children()} | {model.base_model_prefix}
        inner = own | {name for name, _ in model.base_model.named_children()}
        unknown = {name for name in unknown if name.partition(".")[0] in inner or _prefix({name}, missing)}
    prefix = _prefix(unknown, missing)
    if prefix:
        left = ", as torch.compile leaves it" if prefix.startswith("_orig_mod.") else ""
        return f"the names of its weights begin with {prefix!r}{left}; save the model without that prefix"
    parts = [f"its file lacks the weights {_named(missing)}"] if missing else []
    parts += [f"its file has weights that the model does not know: {_named(unknown)}"] if unknown else []
    shapes = [
        f"{name} ({_shape(found)}, not {_shape(own)})" for name, found, own in report.get("mismatched_keys") or ()
    ]
    parts += [f"weights of another shape than its config.json says: {_named(shapes)}"] if shapes else []
    return "; ".join(parts)


def _prefix(unknown: Collection[str], missing: Collection[str]) -> str:
    """The beginning that all unknown names have and the missing ones lack.

    >>> _prefix({"_orig_mod.model.norm.weight"}, {"model.norm.weight", "lm_head.weight"})
    '_orig_mod.'
    """
    for name in sorted(unknown):
        for end in sorted(missing):
            if name.endswith(f".{end}") and all(other.startswith(name.removesuffix(end)) for other in unknown):
                return name.removesuffix(end)
    return ""


def _shape(sizes: Sequence[int]) -> str:
    return " x ".join(map(str, sizes)) or "one number"


def _named(names: Collection[str] | Any) -> str:
    some = sorted(names)
    more = f" and {len(some) - _TELLING} more" if len(some) > _TELLING else ""
    return ", ".join(some[:_TELLING]) + more


def longest_read(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, most: int) -> int:
    """How many tokens an encoder or a classifier has positions for, special ones included; ``most`` at most."""
    allowed = [most, tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", None) or most]
    for name, layer in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(layer, torch.nn.Embedding):
            # RoBERTa and its like count positions from behind that of padding
            allowed.append(layer.num_embeddings - (0 if layer.padding_idx is None else layer.padding_idx + 1))
    return max(1, min(allowed))


@torch.inference_mode()
def _fault_of_outputs(kind: Kind, model: PreTrainedModel) -> str:
    """Whether outputs are numbers, and those of a causal model such that no later token changes; a sentence if not."""
    size = model.get_input_embeddings().weight.shape[0]
    two = torch.tensor([[1, 2, 3, 4], [1, 2, 3, 5]], device=model.device) % size
    # classifiers that name no padding take one row at a time
    outputs = model(input_ids=two if kind is CAUSAL else two[:1])[0].float()
    if not torch.isfinite(outputs).all():
        return "its outputs are not finite numbers (weights that are inf or NaN); fetch the model again"
    rounding = 1e-3 if model.dtype == torch.float32 else 2e-2
    if kind is CAUSAL and (outputs[0, :3] - outputs[1, :3]).abs().max() > rounding * outputs.abs().max():
        return "no causal language model (a token changes what is predicted before it); use one that predicts the next"
    return ""
