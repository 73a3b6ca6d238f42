"""Weights of a decoder's members on disk, with sizes and alphabet in the header.

A file holds one member or several; files of one shape load as one ensemble.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from uncollapse.errors import DataError
from uncollapse.models.characters import Characters
from uncollapse.models.decoder import Decoder
from uncollapse.models.decoder_settings import DecoderSettings
from uncollapse.models.fit_tensors import fit_tensors
from uncollapse.models.tensor_file import WeightsError, load_tensors, save_tensors


def save_members(model: Decoder, path: Path, *, about: dict[str, Any], members: Sequence[int] | None = None) -> None:
    """Write the parameters of some members, or of all, the sizes, the alphabet, and ``about`` (JSON values)."""
    chosen = list(range(model.members) if members is None else members)
    header = {"model": model.settings.model_dump(), "alphabet": model.characters.alphabet, "members": len(chosen)}
    tensors = {name: tensor[chosen].detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    save_tensors(tensors, path, header=header | {"about": about})


def load_members(paths: Sequence[Path], *, device: torch.device | str = "cpu") -> Decoder:
    """Rebuild an ensemble from its files alone, members in their order, in evaluation mode.

    Raises
    ------
    WeightsError
        For a missing or damaged file, NaN in the weights, tensors that do not fit the header, and files of different
        sizes or alphabets.
    """
    found = [_load(path) for path in paths]
    for path, model in zip(paths, found, strict=True):
        if (model.settings, model.characters.alphabet) != (found[0].settings, found[0].characters.alphabet):
            raise WeightsError(f"{path}: of other sizes or another alphabet than {paths[0]}; members must be alike")
    if len(found) == 1:
        return found[0].to(device).eval()
    states = [model.state_dict() for model in found]
    members = sum(model.members for model in found)
    whole = Decoder(found[0].settings, found[0].characters, seeds=[0] * members)
    whole.load_state_dict({name: torch.cat([state[name] for state in states]) for name in states[0]})
    return whole.to(device).eval()


def _load(path: Path) -> Decoder:
    tensors, header = load_tensors(path)
    try:
        settings, characters = DecoderSettings(**header["model"]), Characters(header["alphabet"])
        model = Decoder(settings, characters, seeds=[0] * int(header["members"]))
    except (KeyError, TypeError, ValueError, DataError) as error:
        raise WeightsError(f"{path}: its header describes no model ({error}); delete the file and rerun") from error
    fit_tensors(model, tensors, path)
    return model
