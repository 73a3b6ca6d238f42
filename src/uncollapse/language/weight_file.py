"""One safetensors file, written tensor by tensor, its header in a fixed order: equal content is equal bytes.

The format's own library writes several metadata entries in random order, holds a second copy of all weights while it
writes, and has no checksum. Reading is left to it.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from uncollapse.errors import ArtifactError
from uncollapse.models.tensor_file import digest, in_bytes

_NAMES = {
    torch.float32: "F32",
    torch.bfloat16: "BF16",
    torch.float16: "F16",
    torch.float64: "F64",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.bool: "BOOL",
    torch.uint8: "U8",
}
_HASH = "sha256"  # of the metadata and of every tensor's name, type, shape and bytes
_REMEDY = "delete the file and run again"


def write_tensors(tensors: Mapping[str, torch.Tensor], path: Path, *, metadata: Mapping[str, str]) -> None:
    """Write named tensors and text entries; tensors that share memory are written once each, as they are given."""
    header: dict[str, object] = {"__metadata__": dict(sorted(metadata.items())) | {_HASH: digest(tensors, metadata)}}
    offset = 0
    for name, tensor in sorted(tensors.items()):
        size = tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": _NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + size],
        }
        offset += size
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)  # tensors start at a multiple of eight bytes
    path.unlink(missing_ok=True)  # tensors that were read from a file of this name are still mapped to it
    with path.open("wb") as file:
        file.write(len(encoded).to_bytes(8, "little") + encoded)
        for _, tensor in sorted(tensors.items()):
            file.write(in_bytes(tensor))
        file.flush()
        os.fsync(file.fileno())


def read_tensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Tensors and text entries of a file that :func:`write_tensors` wrote.

    Raises
    ------
    ArtifactError
        For a missing file, one of another program, and one of which a single bit has changed.
    """
    if not path.exists():
        raise ArtifactError(f"{path}: no such file")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = dict(file.metadata() or {})
            expected = metadata.pop(_HASH, None)
            if expected is None:
                raise ArtifactError(f"{path}: not written by uncollapse (no checksum in its header); import it first")
            tensors = {name: file.get_tensor(name) for name in list(file.keys())}
    except (SafetensorError, OSError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise ArtifactError(f"{path}: damaged, or no safetensors file ({error}); {_REMEDY}") from error
    if expected != digest(tensors, metadata):
        raise ArtifactError(f"{path}: damaged (not the bytes that were written); {_REMEDY}")
    return tensors, metadata


def header_of(path: Path) -> dict[str, str]:
    """Text entries of a safetensors file, its checksum among them, with which no tensor is compared.

    Raises
    ------
    ArtifactError
        For a file that is missing, damaged or none.
    """
    if not path.is_file():
        raise ArtifactError(f"{path}: no such file")
    try:
        with safe_open(path, framework="pt") as file:
            return dict(file.metadata() or {})
    except (SafetensorError, OSError, ValueError) as error:
        raise ArtifactError(f"{path}: damaged, or no safetensors file ({error}); {_REMEDY}") from error


def digest_of(path: Path) -> str | None:
    """The checksum that :func:`write_tensors` put into the header; raises as :func:`header_of` does."""
    return header_of(path).get(_HASH)
