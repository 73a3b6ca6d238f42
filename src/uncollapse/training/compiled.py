"""The loss as torch.compile makes it: fewer passes over memory on a CPU, fewer launches on a GPU."""

import os
import shutil
from collections.abc import Callable

import torch
from torch import Tensor

from uncollapse.errors import ConfigError


def compiled_loss(loss: Callable[..., Tensor], device: torch.device) -> Callable[..., Tensor]:
    """A model's loss for batches of one size, compiled when it is first called; with CUDA graphs on a GPU.

    Raises
    ------
    ConfigError
        On a CPU without a C++ compiler, before any work.
    """
    compilers = [os.environ["CXX"]] if "CXX" in os.environ else ["g++", "clang++"]
    if device.type == "cpu" and not any(map(shutil.which, compilers)):
        raise ConfigError(
            f"training.compile is true, but there is no C++ compiler ({' or '.join(compilers)}): install one, or set"
            " training.compile to false"
        )
    return torch.compile(loss, dynamic=False, mode="reduce-overhead" if device.type == "cuda" else None)
