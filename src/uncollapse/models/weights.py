"""Weights on disk: one safetensors file, with the model's sizes and layout in its header."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from uncollapse.errors import ArtifactError
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks.sequence_layout import SequenceLayout

# one key only: safetensors writes several in random order, and equal weights must be equal bytes
_HEADER = "uncollapse"
_HASH = "sha256"  # within the header, of everything else in the file: safetensors has no checksum of its own


class WeightsError(ArtifactError):
    """A weights file that is missing, damaged or of another shape; the message names the file and the fix."""


def save_weights(model: EncoderDecoder, path: Path, *, about: dict[str, Any]) -> None:
    """Write the model's parameters, its settings and layout, and ``about`` (JSON values: who trained it, on what)."""
    header = {"model": model.settings.model_dump(), "layout": asdict(model.layout), "about": about}
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    save_tensors(tensors, path, header=header)


def load_weights(path: Path, *, device: torch.device | str = "cpu") -> EncoderDecoder:
    """Rebuild a model from its file alone, in evaluation mode.

    Raises
    ------
    WeightsError
        For a missing or damaged file, NaN in the weights, or tensors that do not fit the header.
    """
    tensors, header = load_tensors(path)
    try:
        layout = dict(header["layout"])
        layout["answer_choices"] = tuple((int(start), int(stop)) for start, stop in layout["answer_choices"])
        model = EncoderDecoder(ModelSettings(**header["model"]), SequenceLayout(**layout))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(f"{path}: its header describes no model ({error}); delete the file and rerun") from error
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise WeightsError(
            f"{path}: tensors do not fit the model of its header: {error}; delete it and rerun"
        ) from error
    broken = [name for name, tensor in tensors.items() if not torch.isfinite(tensor).all()]
    if broken:
        raise WeightsError(f"{path}: NaN or infinity in {', '.join(broken[:3])}; delete the file and train again")
    return model.to(device).eval()


def save_tensors(tensors: dict[str, torch.Tensor], path: Path, *, header: dict[str, Any]) -> None:
    """Write named tensors and a JSON header, with a hash of both.

    safetensors' own way to a file leaves a temporary one of an unknown name behind when the job is killed.
    """
    content = save(tensors, metadata={_HEADER: json.dumps(header | {_HASH: _hash(tensors, header)}, sort_keys=True)})
    path.write_bytes(content)


def load_tensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Read what :func:`save_tensors` wrote.

    Raises
    ------
    WeightsError
        For a missing file, one of another program, and one of which a single bit has changed.
    """
    if not path.exists():
        raise WeightsError(f"{path}: no such file")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            if _HEADER not in metadata:
                raise WeightsError(f"{path}: not written by uncollapse (no {_HEADER!r} in its header)")
            tensors = {name: file.get_tensor(name) for name in list(file.keys())}
        header = json.loads(metadata[_HEADER])
        expected = header.pop(_HASH, None)
    except (SafetensorError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise WeightsError(f"{path}: damaged weights ({error}); delete the file and rerun") from error
    if expected != _hash(tensors, header):
        raise WeightsError(f"{path}: damaged weights (not the bytes that were written); delete the file and rerun")
    return tensors, header


def _hash(tensors: dict[str, torch.Tensor], header: dict[str, Any]) -> str:
    """sha256 of the header and of every tensor's name, type, shape and bytes."""
    found = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name, tensor in sorted(tensors.items()):
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        found.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return found.hexdigest()
