"""Types of weights in their files: whole numbers where a model has fractions are quantized, and mean nothing alone.

transformers makes floats of whatever a file holds: of 8-bit integers without their scale a model that answers, with
weights a thousand times too large.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import try_to_load_from_cache
from safetensors import safe_open
from transformers import PreTrainedModel
from transformers.utils import SAFE_WEIGHTS_INDEX_NAME, SAFE_WEIGHTS_NAME

_REAL = ("F", "BF")  # how the names of floating-point types begin: F32, F8_E4M3, BF16


def quantized(model: PreTrainedModel, place: str | Path, *, revision: str | None = None) -> dict[str, str]:
    """Weights whose file holds other than real numbers though the model calculates with such: their types by name.

    Parameters
    ----------
    model : as loaded from ``place``, a folder or a hub id whose files are in the cache.
    """
    if getattr(model, "hf_quantizer", None) is not None:  # whose library reads them with their scales
        return {}
    real = {name for name, value in model.state_dict().items() if value.is_floating_point()}
    ends = {name.rpartition(".")[2] for name in real}
    found: dict[str, str] = {}
    for path in _files(Path(place), str(place), revision):
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118  # it is no mapping
                if name.rpartition(".")[2] not in ends or not _is_of(name, real):
                    continue
                kind = file.get_slice(name).get_dtype()
                if not kind.startswith(_REAL) or kind.startswith("F4"):  # two of F4 are one byte
                    found[name] = kind
    return found


def _is_of(name: str, weights: set[str]) -> bool:
    """Whether a file's name is that of a weight, with a prefix on either side or without.

    >>> _is_of("model.norm.weight", {"norm.weight"}), _is_of("norm.bias", {"model.norm.weight"})
    (True, False)
    """
    return name in weights or any(one.endswith(f".{name}") or name.endswith(f".{one}") for one in weights)


def _files(folder: Path, name: str, revision: str | None) -> Iterator[Path]:
    """The safetensors files that transformers takes: one, or those of an index."""
    if not folder.is_dir():
        config = try_to_load_from_cache(name, "config.json", revision=revision)
        if not isinstance(config, str):
            return
        folder = Path(config).parent
    if (folder / SAFE_WEIGHTS_NAME).is_file():
        yield folder / SAFE_WEIGHTS_NAME
    elif (folder / SAFE_WEIGHTS_INDEX_NAME).is_file():
        index = json.loads((folder / SAFE_WEIGHTS_INDEX_NAME).read_bytes())
        yield from (folder / part for part in sorted(set(index["weight_map"].values())))
