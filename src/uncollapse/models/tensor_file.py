"""Named tensors on disk: one safetensors file, with a JSON header and a hash of all that is in it."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from uncollapse.errors import ArtifactError

# one key only: safetensors writes several in random order, and equal weights must be equal bytes
_HEADER = "uncollapse"
_HASH = "sha256"  # within the header, of everything else in the file: safetensors has no checksum of its own


class WeightsError(ArtifactError):
    """A weights file that is missing, damaged or of another shape; the message names the file and the fix."""


def save_tensors(tensors: dict[str, torch.Tensor], path: Path, *, header: dict[str, Any]) -> None:
    """Write named tensors and a JSON header, with a hash of both.

    safetensors' own way to a file leaves a temporary one of an unknown name behind when the job is killed.
    """
    content = save(tensors, metadata={_HEADER: json.dumps(header | {_HASH: digest(tensors, header)}, sort_keys=True)})
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
    if expected != digest(tensors, header):
        raise WeightsError(f"{path}: damaged weights (not the bytes that were written); delete the file and rerun")
    return tensors, header


def digest(tensors: Mapping[str, torch.Tensor], header: Mapping[str, Any]) -> str:
    """sha256 of the header and of every tensor's name, type, shape and bytes."""
    found = hashlib.sha256(json.dumps(dict(header), sort_keys=True).encode())
    for name, tensor in sorted(tensors.items()):
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        found.update(in_bytes(tensor))
    return found.hexdigest()


def in_bytes(tensor: torch.Tensor) -> memoryview:
    """A tensor's bytes, element after element."""
    return memoryview(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
