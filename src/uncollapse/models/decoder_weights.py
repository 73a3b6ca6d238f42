"""A member's weights on disk, with its sizes and alphabet in the header; files of one shape load as an ensemble."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from uncollapse.errors import DataError
from uncollapse.models.characters import Characters
from uncollapse.models.decoder import Decoder
from uncollapse.models.decoder_settings import DecoderSettings
from uncollapse.models.tensor_file import WeightsError, load_tensors, save_tensors


def save_member(model: Decoder, member: int, path: Path, *, about: dict[str, Any]) -> None:
    """Write one member's parameters, the sizes, the alphabet, and ``about`` (JSON values: who trained it, on what)."""
    header = {"model": model.settings.model_dump(), "alphabet": model.characters.alphabet, "about": about}
    tensors = {name: tensor[member].detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    save_tensors(tensors, path, header=header)


def load_members(paths: Sequence[Path], *, device: torch.device | str = "cpu") -> Decoder:
    """Rebuild an ensemble from its members' files alone, in their order, in evaluation mode.

    Raises
    ------
    WeightsError
        For a missing or damaged file, NaN in the weights, tensors that do not fit the header, and files of different
        sizes or alphabets.
    """
    model, first = None, None
    for member, path in enumerate(paths):
        tensors, header = load_tensors(path)
        shape = {name: header.get(name) for name in ("model", "alphabet")}
        if model is None:
            try:
                settings, characters = DecoderSettings(**header["model"]), Characters(header["alphabet"])
            except (KeyError, TypeError, ValueError, DataError) as error:
                raise WeightsError(f"{path}: its header describes no model ({error}); delete it and rerun") from error
            model, first = Decoder(settings, characters, seeds=[0] * len(paths)), shape
        elif shape != first:
            raise WeightsError(f"{path}: of other sizes or another alphabet than {paths[0]}; members must be alike")
        _load(model, member, tensors, path)
    if model is None:
        raise ValueError("an ensemble needs at least one file")
    return model.to(device).eval()


def _load(model: Decoder, member: int, tensors: dict[str, torch.Tensor], path: Path) -> None:
    state = model.state_dict()
    fitting = {name: tensor[member].shape for name, tensor in state.items()}
    if fitting != {name: tensor.shape for name, tensor in tensors.items()}:
        raise WeightsError(f"{path}: tensors do not fit the model of its header; delete it and rerun")
    broken = [name for name, tensor in tensors.items() if not torch.isfinite(tensor).all()]
    if broken:
        raise WeightsError(f"{path}: NaN or infinity in {', '.join(broken[:3])}; delete the file and train again")
    with torch.no_grad():
        for name, tensor in tensors.items():
            state[name][member] = tensor
