"""A fine-tuned model as what it has beyond the model that it started from: the tensors that training changed.

Where few layers are trained, or many students start from one model, this is a small part of the whole. No pickle.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from uncollapse.errors import ArtifactError
from uncollapse.language.weight_file import read_tensors, write_tensors

if TYPE_CHECKING:
    from uncollapse.language.artifact import LanguageModel

_ENTRY = "changed"  # of the header, which says that this is no whole model


def save_changed(language_model: "LanguageModel", initial: Path, path: Path, *, about: dict[str, Any]) -> None:
    """Write the tensors that differ from those of the file of the model's beginning, in its types.

    A model that nothing has changed leaves one tensor, so that the file is one all the same.
    """
    tensors, _ = read_tensors(initial)
    state = language_model.model.state_dict()
    now = {name: state[name].detach().cpu().to(before.dtype) for name, before in tensors.items()}
    changed = {name: tensor for name, tensor in now.items() if not torch.equal(tensor, tensors[name])}
    if not changed:
        name = min(now, key=lambda one: now[one].numel())
        changed = {name: now[name]}
    write_tensors(changed, path, metadata={_ENTRY: json.dumps(about, sort_keys=True)})


def write_whole(changed: Path, initial: Path, path: Path) -> Path:
    """Write the whole model as one file, from what was changed and what it began from; returns it.

    Raises as :func:`whole_tensors` does.
    """
    tensors, metadata = whole_tensors(changed, initial)
    write_tensors(tensors, path, metadata=metadata)
    return path


def whole_tensors(changed: Path, initial: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Tensors and text entries of the whole model, from what was changed and what it began from.

    Raises
    ------
    ArtifactError
        For a file of other tensors than that model's.
    """
    tensors, metadata = read_tensors(initial)
    new, header = read_tensors(changed)
    foreign = [name for name, tensor in new.items() if name not in tensors or tensor.shape != tensors[name].shape]
    if _ENTRY not in header or foreign:
        raise ArtifactError(f"{changed}: not what training changed of {initial}; delete it and rerun")
    return {**tensors, **new}, metadata
