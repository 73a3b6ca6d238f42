"""A fitted generative model as named tensors and facts, which is all that a file of models holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from uncollapse.errors import ArtifactError
from uncollapse.models.tensor_file import load_tensors, save_tensors


@dataclass(frozen=True)
class State:
    """One fitted model.

    tensors : by name, without dots at their ends.
    about : whatever JSON can hold, such as sizes, a scale or a tokenizer.
    """

    tensors: Mapping[str, Tensor]
    about: Mapping[str, Any] = field(default_factory=dict)


def save_states(states: Mapping[int, State], path: Path) -> None:
    """Write the models of several seeds into one file."""
    tensors = {
        f"{seed}/{name}": tensor.detach().cpu().contiguous()
        for seed, state in states.items()
        for name, tensor in state.tensors.items()
    }
    save_tensors(tensors, path, header={"states": {str(seed): dict(state.about) for seed, state in states.items()}})


def load_states(path: Path) -> dict[int, State]:
    """Read the models of a file, by seed.

    Raises
    ------
    ArtifactError
        For a file that is missing, damaged or of another kind.
    """
    tensors, header = load_tensors(path)
    if "states" not in header:
        raise ArtifactError(f"{path}: holds no generative models; delete it and rerun")
    found = {}
    for seed, about in header["states"].items():
        own = {name.removeprefix(f"{seed}/"): t for name, t in tensors.items() if name.startswith(f"{seed}/")}
        found[int(seed)] = State(own, about)
    return found
