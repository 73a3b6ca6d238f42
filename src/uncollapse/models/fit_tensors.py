"""Tensors of a weights file put into the model that its header describes."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from uncollapse.models.tensor_file import WeightsError


def fit_tensors(model: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Put all of a file's tensors into a model.

    Raises
    ------
    WeightsError
        For tensors that do not fit the model, and NaN or infinity among them.
    """
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise WeightsError(
            f"{path}: tensors do not fit the model of its header: {error}; delete it and rerun"
        ) from error
    broken = [name for name, tensor in tensors.items() if not torch.isfinite(tensor).all()]
    if broken:
        raise WeightsError(f"{path}: NaN or infinity in {', '.join(broken[:3])}; delete the file and train again")
