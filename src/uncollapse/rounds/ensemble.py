"""Several models in one file, and training in which each learns from examples of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from uncollapse.errors import DataError
from uncollapse.jobs.progress import Progress
from uncollapse.models.characters import Characters
from uncollapse.models.decoder import Decoder
from uncollapse.models.decoder_settings import DecoderSettings
from uncollapse.models.tensor_file import WeightsError, load_tensors, save_tensors
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.member_data import Source
from uncollapse.training.member_loop import Trained, train_members
from uncollapse.training.member_settings import MemberTrainingSettings


def save_ensemble(model: Decoder, path: Path, *, about: dict[str, Any]) -> None:
    """Write all members' parameters, with sizes, alphabet and ``about`` in the header."""
    header = {"model": model.settings.model_dump(), "alphabet": model.characters.alphabet, "members": model.members}
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    save_tensors(tensors, path, header=header | {"about": about})


def load_ensemble(path: Path, *, device: torch.device | str = "cpu") -> Decoder:
    """Rebuild all members from their file alone, in evaluation mode.

    Raises
    ------
    WeightsError
        For a missing or damaged file, NaN in the weights, and tensors that do not fit the header.
    """
    tensors, header = load_tensors(path)
    try:
        settings, characters = DecoderSettings(**header["model"]), Characters(header["alphabet"])
        model = Decoder(settings, characters, seeds=[0] * header["members"])
        model.load_state_dict(tensors)
    except (KeyError, TypeError, ValueError, DataError, RuntimeError) as error:
        raise WeightsError(f"{path}: its tensors are not of the models of its header ({error}); delete it") from error
    if broken := [name for name, tensor in tensors.items() if not torch.isfinite(tensor).all()]:
        raise WeightsError(f"{path}: NaN or infinity in {', '.join(broken[:3])}; delete the file and train again")
    return model.to(device).eval()


def save_states(states: Sequence[dict[str, Tensor]], path: Path) -> None:
    """Write the optimizer state of each member."""
    tensors = {f"{member}.{name}": tensor for member, state in enumerate(states) for name, tensor in state.items()}
    save_tensors(tensors, path, header={"members": len(states)})


def load_states(path: Path) -> list[dict[str, Tensor]]:
    """Read what :func:`save_states` wrote."""
    tensors, header = load_tensors(path)
    states: list[dict[str, Tensor]] = [{} for _ in range(header["members"])]
    for name, tensor in tensors.items():
        member, _, own = name.partition(".")
        states[int(member)][own] = tensor
    return states


def train_each(
    model: Decoder,
    sources: Sequence[Sequence[Source]],
    settings: MemberTrainingSettings,
    *,
    seeds: Sequence[int],
    checkpoint: Path,
    identity: str,
    progress: Progress,
    states: Sequence[dict[str, Tensor]],
    dtype: torch.dtype = torch.float32,
) -> Trained:
    """Train each member in place on sources of its own, one after the other; all else as for ``train_members``."""
    curves, found = [], []
    for member, (mine, seed) in enumerate(zip(sources, seeds, strict=True)):
        alone = Decoder(model.settings, model.characters, seeds=[0]).to(model.embedding.device)
        alone.load_state_dict({name: tensor[member : member + 1] for name, tensor in model.state_dict().items()})
        saved = checkpoint.with_name(f"{member}-{checkpoint.name}")
        trained = train_members(
            alone,
            mine,
            settings,
            seeds=[seed],
            checkpoint=Checkpoint(saved, identity=identity),
            progress=progress,
            states=[states[member]],
            dtype=dtype,
        )
        with torch.no_grad():
            for name, tensor in alone.state_dict().items():
                model.state_dict()[name][member] = tensor[0]
        saved.unlink(missing_ok=True)
        curves += trained.curves
        found += trained.states
    model.eval()
    return Trained(curves=curves, states=found)
