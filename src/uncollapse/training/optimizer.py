"""Optimizers from torch.optim, several at once where parameters are treated differently."""

import torch
from torch import nn

from uncollapse.training.grouped_muon import GroupedMuon
from uncollapse.training.settings import OptimizerSettings

# what holds the layers in our encoder-decoder, in GPT-2 (h), and in the models of transformers that follow Llama
_LAYERS = frozenset({"encoder", "decoder", "h", "layers"})


class Optimizers:
    """One or two torch optimizers that step together.

    ``state_tensors`` and ``load_state_tensors`` give and take their whole state as named tensors, for a checkpoint
    without pickle.
    """

    def __init__(self, model: nn.Module, settings: OptimizerSettings) -> None:
        self.clip_norm = settings.clip_norm
        self.parameters = list(model.parameters())
        matrices = [p for name, p in model.named_parameters() if _is_layer_matrix(name, p)]
        chosen = {id(p) for p in matrices}
        betas, decay = (settings.beta1, settings.beta2), settings.weight_decay
        self.optimizers: list[torch.optim.Optimizer]
        if settings.name == "muon":
            rest = [p for p in self.parameters if id(p) not in chosen]
            self.optimizers = [
                GroupedMuon(matrices, lr=settings.muon_learning_rate, weight_decay=decay),
                torch.optim.AdamW(rest, lr=settings.learning_rate, betas=betas, weight_decay=decay, fused=True),
            ]
        else:
            kind = torch.optim.Adam if settings.name == "adam" else torch.optim.AdamW
            self.optimizers = [
                kind(self.parameters, lr=settings.learning_rate, betas=betas, weight_decay=decay, fused=True)
            ]
        self.full_rates = [optimizer.param_groups[0]["lr"] for optimizer in self.optimizers]

    def step(self, factor: float) -> None:
        """One update at ``factor`` times the full learning rates, from the gradients, which are then dropped."""
        if self.clip_norm is not None:
            nn.utils.clip_grad_norm_(self.parameters, self.clip_norm)
        for optimizer, rate in zip(self.optimizers, self.full_rates, strict=True):
            optimizer.param_groups[0]["lr"] = rate * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    def state_tensors(self) -> dict[str, torch.Tensor]:
        """Every tensor of the optimizers' state by name (optimizer, parameter, quantity)."""
        return {
            f"optimizer{number}.{parameter}.{name}": tensor.detach().clone()
            for number, optimizer in enumerate(self.optimizers)
            for parameter, state in optimizer.state_dict()["state"].items()
            for name, tensor in state.items()
        }

    def load_state_tensors(self, tensors: dict[str, torch.Tensor]) -> None:
        """Restore what ``state_tensors`` gave; other names are ignored."""
        for number, optimizer in enumerate(self.optimizers):
            content = optimizer.state_dict()
            prefix = f"optimizer{number}."
            for key, tensor in tensors.items():
                if key.startswith(prefix):
                    parameter, name = key.removeprefix(prefix).split(".")
                    content["state"].setdefault(int(parameter), {})[name] = tensor
            optimizer.load_state_dict(content)


def _is_layer_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Matrices inside layers; embeddings and positions are tables, which Muon does not fit."""
    return parameter.ndim == 2 and not _LAYERS.isdisjoint(name.split("."))
