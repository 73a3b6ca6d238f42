"""Optimizers of a decoder's members: one update of all, in which no member's numbers reach another's."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from uncollapse.errors import DataError
from uncollapse.models.decoder import Decoder
from uncollapse.training.grouped_muon import GroupedMuon
from uncollapse.training.member_settings import MemberOptimizerSettings

_STEP = "step"  # of Adam: the one quantity that members have in common
_OF_ADAM, _OF_MUON = {_STEP, "exp_avg", "exp_avg_sq"}, {"momentum_buffer"}


class MemberOptimizers:
    """Adam(W) for everything, or Muon for the layers' matrices and AdamW for the rest, clipped member by member.

    ``state_tensors`` and ``load_state_tensors`` are for a checkpoint of the whole; ``of_member`` and ``load_members``
    for going on with members that were trained apart. A state's names are ``parameter:quantity``.
    """

    def __init__(self, model: Decoder, settings: MemberOptimizerSettings) -> None:
        self.clip_norm, self.members = settings.clip_norm, model.members
        self.parameters = dict(model.named_parameters())
        self._matrices = [
            name
            for name, parameter in self.parameters.items()
            if settings.name == "muon" and name.startswith("layers.") and parameter.ndim == 3
        ]
        self._rest = [name for name in self.parameters if name not in self._matrices]
        self._adam = (torch.optim.Adam if settings.name == "adam" else torch.optim.AdamW)(
            [self.parameters[name] for name in self._rest],
            lr=settings.learning_rate,
            betas=(settings.beta1, settings.beta2),
            eps=settings.epsilon,
            weight_decay=settings.weight_decay,
            fused=True,
        )
        # Muon's parameters are matrices: each member's part of a parameter, in the same memory
        self._parts = [nn.Parameter(part) for name in self._matrices for part in self.parameters[name].data]
        self._muon = None
        if self._parts:
            self._muon = GroupedMuon(self._parts, lr=settings.muon_learning_rate, weight_decay=settings.weight_decay)
        self._rates = (settings.learning_rate, settings.muon_learning_rate)

    def step(self, factor: float) -> None:
        """One update at ``factor`` times the full learning rates, from the gradients, which are then dropped."""
        gradients = [gradient for p in self.parameters.values() if (gradient := p.grad) is not None]
        if self.clip_norm is not None:
            self._clip(gradients, self.clip_norm)
        parts = [part for name in self._matrices for part in _gradient(self.parameters[name])]
        for part, gradient in zip(self._parts, parts, strict=True):
            part.grad = gradient
        for optimizer, rate in zip((self._adam, self._muon), self._rates, strict=True):
            if optimizer is not None:
                optimizer.param_groups[0]["lr"] = rate * factor
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
        for parameter in self.parameters.values():
            parameter.grad = None

    @staticmethod
    def _clip(gradients: Sequence[Tensor], most: float) -> None:
        squares = torch.stack([gradient.flatten(1).square().sum(1) for gradient in gradients])
        factors = (most / (squares.sum(0).sqrt() + 1e-6)).clamp(max=1.0)
        for gradient in gradients:
            gradient.mul_(factors.view(-1, *[1] * (gradient.ndim - 1)))

    def of_member(self, member: int) -> dict[str, Tensor]:
        """One member's state by name."""
        return {
            key: value if key.endswith(f":{_STEP}") else value[member].clone()
            for key, value in self.state_tensors().items()
        }

    def load_members(self, states: Sequence[Mapping[str, Tensor]]) -> None:
        """Go on from what :meth:`of_member` gave, one state a member.

        Raises
        ------
        DataError
            For states of another optimizer or shape, or of members that have taken different numbers of steps.
        """
        first = states[0]
        if len(states) != self.members or any(state.keys() != first.keys() for state in states):
            raise DataError("the optimizer states are not one of each member, all of one kind; train on without them")
        whole = {key: torch.stack([state[key] for state in states]) for key in first}
        for key in first:
            if key.endswith(f":{_STEP}"):
                if not bool((whole[key] == first[key]).all()):
                    raise DataError("the members' optimizers have taken different numbers of steps")
                whole[key] = first[key]
        self.load_state_tensors(whole)

    def state_tensors(self) -> dict[str, Tensor]:
        """Every tensor of the optimizers' state by name; members come first, as in parameters."""
        found = {}
        for name in self._rest:
            state = self._adam.state[self.parameters[name]]
            found |= {f"{name}:{quantity}": value.detach().clone() for quantity, value in state.items()}
        for name, parts in zip(self._matrices, self._parts_by_name(), strict=True):
            for quantity in self._muon.state[parts[0]] if self._muon else ():
                found[f"{name}:{quantity}"] = torch.stack([self._muon.state[part][quantity] for part in parts])
        return found

    def load_state_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Restore what ``state_tensors`` gave; names without a colon are ignored.

        Raises
        ------
        DataError
            For the state of another optimizer, or of parameters of another shape.
        """
        wanted = {f"{name}:{quantity}": name for name in self._rest for quantity in _OF_ADAM}
        wanted |= {f"{name}:{quantity}": name for name in self._matrices for quantity in _OF_MUON}
        found = {key: value for key, value in tensors.items() if ":" in key}
        fits = found.keys() == wanted.keys() and all(
            value.shape == (() if key.endswith(f":{_STEP}") else self.parameters[wanted[key]].shape)
            for key, value in found.items()
        )
        if not fits:
            raise DataError("the optimizer's state does not fit the model and its optimizer; train on without it")
        of_rest = [{quantity: found[f"{name}:{quantity}"] for quantity in _OF_ADAM} for name in self._rest]
        _load(self._adam, of_rest)
        if self._muon:
            of_parts = [
                {quantity: found[f"{name}:{quantity}"][member] for quantity in _OF_MUON}
                for name in self._matrices
                for member in range(self.members)
            ]
            _load(self._muon, of_parts)

    def _parts_by_name(self) -> list[list[nn.Parameter]]:
        return [self._parts[place : place + self.members] for place in range(0, len(self._parts), self.members)]


def _gradient(parameter: Tensor) -> Tensor:
    if parameter.grad is None:
        raise RuntimeError("a parameter that the loss does not reach")
    return parameter.grad


def _load(optimizer: torch.optim.Optimizer, states: Sequence[Mapping[str, Tensor]]) -> None:
    content = optimizer.state_dict()
    # torch goes on in the tensors it is given, which are the caller's
    content["state"] = {place: {k: v.clone() for k, v in state.items()} for place, state in enumerate(states)}
    optimizer.load_state_dict(content)
