"""A fine-tuned model as what it has beyond the model that it started from: how far training moved each weight.

Only tensors that training changed are there. Of each weight the file has the number of floating-point values between
what it was and what it is, which a few steps of fine-tuning leave small, so that it packs well; and exactly: weights
come back to the last bit. Where few layers are trained, or many students start from one model, this is a small part of
the whole. No pickle.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray

from uncollapse.errors import ArtifactError
from uncollapse.jobs.provenance import provenance_path
from uncollapse.language.weight_file import digest_of, header_of, read_tensors, write_tensors

if TYPE_CHECKING:
    from uncollapse.language.artifact import LanguageModel

# of the header: what is said of the training, which says that this is no whole model; and the digest of the first file
CHANGED, _BEGAN_FROM = "changed", "began_from"
_AT_ONCE = 2**15  # numbers whose steps are worked out together
_ZSTD = "zstd"
_LEVEL = 1  # of zstd; what higher ones gain is in benchmarks/RESULTS.md, disk


def save_changed(language_model: "LanguageModel", initial: Path, path: Path, *, about: dict[str, Any]) -> None:
    """Write what differs from the file of the model's beginning, in its types; ``about`` holds JSON values.

    A model that nothing has changed leaves one tensor, so that the file is one all the same.
    """
    tensors, _ = read_tensors(initial)
    state = language_model.model.state_dict()
    now = {name: state[name].detach().cpu().to(before.dtype).contiguous() for name, before in tensors.items()}
    changed = [name for name in now if not np.array_equal(_bits(now[name]), _bits(tensors[name]))]
    packed: dict[str, torch.Tensor] = {}
    for name in changed or [min(now, key=lambda one: now[one].numel())]:
        packed |= {f"{name}.{number}": part for number, part in enumerate(_packed(now[name], tensors[name]))}
    header = {CHANGED: json.dumps(about, sort_keys=True), _BEGAN_FROM: digest_of(initial)}
    write_tensors(packed, path, metadata=header)


def whole_tensors(changed: Path, initial: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Tensors and text entries of the whole model, from what was changed and what it began from.

    Raises
    ------
    ArtifactError
        For a file of what was changed of another model, or that is damaged.
    """
    tensors, metadata = read_tensors(initial)
    packed, header = read_tensors(changed)
    if header.get(_BEGAN_FROM) != digest_of(initial):
        raise ArtifactError(f"{changed}: not what training changed of {initial}; delete it and rerun")
    parts: dict[str, dict[int, torch.Tensor]] = {}
    for key, part in packed.items():
        name, _, number = key.rpartition(".")
        parts.setdefault(name, {})[int(number)] = part
    for name, found in parts.items():
        tensors[name] = _unpacked([found[number] for number in sorted(found)], tensors[name])
    return tensors, metadata | {"about": header[CHANGED]}


def beginning_of(path: Path) -> Path | None:
    """The file that a model began from, of which a file has only what training changed; None for a whole model.

    It is the one that the workflow's record beside the file names, from the working directory or a folder above the
    file, if it still is what the training read.

    Raises
    ------
    ArtifactError
        Where it is not there, or the file itself is missing or damaged.
    """
    header = header_of(path)
    if CHANGED not in header:
        return None
    named = _initial_in(provenance_path(path))
    for name in named:
        for folder in (Path(), *path.resolve().parents):
            if (found := folder / name).is_file() and digest_of(found) == header[_BEGAN_FROM]:
                return found
    missing = f"{', '.join(named)} is not there, or another" if named else f"no {provenance_path(path)} names it"
    raise ArtifactError(
        f"{path}: holds what training changed of another model, and {missing}; run this where the workflow ran, or make"
        " a folder of the whole model there (uncollapse export) and give that"
    )


def _initial_in(record: Path) -> list[str]:
    """Path of the model that a training began from, by its record; nothing where that is missing or damaged."""
    try:
        return list(json.loads(record.read_text(encoding="utf-8"))["inputs"]["initial"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _packed(now: torch.Tensor, before: torch.Tensor) -> list[torch.Tensor]:
    """Bytes of the steps between two tensors of one type, the lowest of each first, each place packed by itself."""
    first, second = _bits(before), _bits(now)
    places = np.empty((first.itemsize, first.size), np.uint8)
    for part in _parts(first.size):
        steps = _place(second[part]) - _place(first[part])  # modulo the number of values
        folded = (steps << 1) ^ _signs(steps)  # 0, -1, 1, -2 as 0, 1, 2, 3: few bits, whatever the direction
        for number, row in enumerate(places):
            row[part] = (folded >> (8 * number)).astype(np.uint8)
    codec = pa.Codec(_ZSTD, compression_level=_LEVEL)
    return [torch.frombuffer(bytearray(codec.compress(row)), dtype=torch.uint8) for row in places]


def _unpacked(packed: list[torch.Tensor], before: torch.Tensor) -> torch.Tensor:
    """The tensor of which :func:`_packed` has the steps from another."""
    first, codec = _bits(before), pa.Codec(_ZSTD)
    rows = [np.frombuffer(codec.decompress(part.numpy(), decompressed_size=first.size), np.uint8) for part in packed]
    bits = np.empty_like(first)
    for part in _parts(first.size):
        folded = np.zeros_like(first[part])
        for number, row in enumerate(rows):
            folded |= row[part].astype(first.dtype) << (8 * number)
        place = _place(first[part]) + ((folded >> 1) ^ (0 - (folded & 1)))
        bits[part] = place ^ (~_signs(place) | _top(place))
    return torch.from_numpy(bits.view(f"i{bits.itemsize}")).view(before.dtype).reshape(before.shape)


def _bits(tensor: torch.Tensor) -> NDArray[Any]:
    """A tensor's numbers as unsigned integers of their size: two zeros differ, and what is no number equals itself."""
    kinds = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}
    bits = tensor.contiguous().view(kinds[tensor.element_size()]).numpy().reshape(-1)
    return bits.view(f"u{bits.itemsize}")


def _place(bits: NDArray[Any]) -> NDArray[Any]:
    """The place of each number among all of its type in their order, as an unsigned integer."""
    return bits ^ (_signs(bits) | _top(bits))


def _signs(bits: NDArray[Any]) -> NDArray[Any]:
    """All ones where the highest bit is one, else zero."""
    return (bits.view(f"i{bits.itemsize}") >> (8 * bits.itemsize - 1)).view(bits.dtype)


def _top(bits: NDArray[Any]) -> Any:
    return bits.dtype.type(1 << (8 * bits.itemsize - 1))


def _parts(size: int) -> Iterator[slice]:
    """Slices of so many numbers, each small enough to stay in a core's cache."""
    return (slice(start, start + _AT_ONCE) for start in range(0, size, _AT_ONCE))
