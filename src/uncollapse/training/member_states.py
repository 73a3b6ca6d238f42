"""Optimizer states of a decoder's members on disk, so that a later round goes on with them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from torch import Tensor

from uncollapse.models.tensor_file import WeightsError, load_tensors, save_tensors


def save_states(states: Sequence[Mapping[str, Tensor]], path: Path) -> None:
    """Write one state a member, as ``Trained.states`` has them."""
    tensors = {f"{member}/{name}": tensor for member, state in enumerate(states) for name, tensor in state.items()}
    save_tensors(tensors, path, header={"states": len(states)})


def load_states(path: Path) -> list[dict[str, Tensor]]:
    """Read what :func:`save_states` wrote.

    Raises
    ------
    WeightsError
        For a missing or damaged file, and one that holds something else.
    """
    tensors, header = load_tensors(path)
    states: list[dict[str, Tensor]] = [{} for _ in range(header.get("states", 0))]
    for key, tensor in tensors.items():
        member, _, name = key.partition("/")
        if not member.isdigit() or int(member) >= len(states):
            raise WeightsError(f"{path}: holds no optimizer states; delete the file and rerun")
        states[int(member)][name] = tensor
    return states
