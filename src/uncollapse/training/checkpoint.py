"""Checkpoints: everything a killed run needs to end in the same weights as an undisturbed one."""

from pathlib import Path
from typing import Any

from torch import nn

from uncollapse.jobs.partial import whole
from uncollapse.models.tensor_file import WeightsError, load_tensors, save_tensors
from uncollapse.training.optimizer import Optimizers

_MODEL = "model."


class Checkpoint:
    """One file that is replaced whole at every save.

    Parameters
    ----------
    path : where it lies.
    identity : what the run is (settings, data, code); a file of another run is not resumed from.
    """

    def __init__(self, path: Path, *, identity: str) -> None:
        self.path, self.identity = path, identity

    def save(self, model: nn.Module, optimizers: Optimizers, *, step: int, curve: list[dict[str, Any]]) -> None:
        """Write the state after ``step`` steps."""
        tensors = {_MODEL + name: tensor.detach().cpu().clone() for name, tensor in model.state_dict().items()}
        tensors |= {name: tensor.cpu().contiguous() for name, tensor in optimizers.state_tensors().items()}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with whole(self.path) as partial:  # of this process alone: a run whose Snakemake was killed may still go on
            save_tensors(tensors, partial, header={"identity": self.identity, "step": step, "curve": curve})

    def resume(self, model: nn.Module, optimizers: Optimizers) -> tuple[int, list[dict[str, Any]]]:
        """Load the state into model and optimizers; the steps done and the curve so far, or (0, []) to start afresh."""
        if not self.path.exists():
            return 0, []
        try:
            tensors, header = load_tensors(self.path)
        except WeightsError:
            return 0, []  # cut off by a kill of the machine: start again rather than trust it
        if header.get("identity") != self.identity:
            return 0, []
        model.load_state_dict({k.removeprefix(_MODEL): v for k, v in tensors.items() if k.startswith(_MODEL)})
        optimizers.load_state_tensors(tensors)
        return header["step"], header["curve"]
