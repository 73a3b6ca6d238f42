"""A small E(n)-equivariant graph network over all pairs of a molecule's atoms.

It is that of Satorras et al. 2021 (EGNN, eqs. 3 to 6): messages depend on atoms only through what they are and how far
apart they are, places move along the lines between atoms. Turned, mirrored or renumbered atoms give turned, mirrored or
renumbered outputs, exactly. Two things are written otherwise without changing what can be computed: the first layer of
the message network is taken apart into one product of each atom and one of each distance, and the sum over lines
between atoms is one product of the pairs' weights with all places. Distances enter as Gaussians of them.

Shapes are spoken in letters: B molecules, N atoms of the largest, K kinds, D dimension, R Gaussians.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Layer(nn.Module):
    """Messages between all atoms, from which places and states are updated."""

    def __init__(self, dimension: int, gaussians: int) -> None:
        super().__init__()
        self.receiver = nn.Linear(dimension, dimension)
        self.sender = nn.Linear(dimension, dimension, bias=False)
        self.distance = nn.Linear(gaussians, dimension, bias=False)
        self.message = nn.Linear(dimension, dimension)
        self.move = nn.Linear(dimension, 1, bias=False)
        self.inside = nn.Linear(2 * dimension, dimension)
        self.outside = nn.Linear(dimension, dimension)
        nn.init.normal_(self.move.weight, std=0.01)  # at first atoms stay where they are, and states what they are
        nn.init.zeros_(self.outside.weight)

    def forward(
        self, places: Tensor, states: Tensor, pairs: Tensor, present: Tensor, centers: Tensor, width: float
    ) -> tuple[Tensor, Tensor]:
        """Places (B, N, 3) and states (B, N, D) -> the same; pairs (B, N, N) and present (B, N, 1) are 1 or 0."""
        lines = places.unsqueeze(2) - places.unsqueeze(1)
        apart = (lines.square().sum(-1, keepdim=True) + 1e-8).sqrt()  # (B, N, N, 1); roots have no slope at 0
        gaussians = ((apart - centers) * (1 / width)).square().neg().exp()
        messages = self.distance(gaussians) + self.receiver(states).unsqueeze(2) + self.sender(states).unsqueeze(1)
        messages = functional.silu(self.message(functional.silu(messages)))
        weights = self.move(messages).squeeze(-1) * pairs / (apart.squeeze(-1) + 1)
        # two large numbers whose difference is small: not for bfloat16
        with torch.autocast(places.device.type, enabled=False):
            places = places + (weights.sum(-1, keepdim=True) * places - weights @ places)
        gathered = (messages * pairs.unsqueeze(-1)).sum(2)
        change = self.outside(functional.silu(self.inside(torch.cat([states, gathered], -1))))
        return places, (states + change) * present


class EquivariantNetwork(nn.Module):
    """A vector and numbers for each atom, from atoms' places, numbers, and a time.

    Parameters
    ----------
    kinds : numbers of an atom, K.
    dimension, layers, gaussians : sizes.
    reach : the largest distance that Gaussians stand at, in the unit of places.
    """

    def __init__(self, kinds: int, *, dimension: int, layers: int, gaussians: int, reach: float) -> None:
        super().__init__()
        self.embedding = nn.Linear(kinds + 1, dimension)
        self.layers = nn.ModuleList(Layer(dimension, gaussians) for _ in range(layers))
        self.output = nn.Linear(dimension, kinds)
        self.register_buffer("centers", torch.linspace(0, reach, gaussians), persistent=False)
        self.width = reach / max(gaussians - 1, 1)

    def forward(self, places: Tensor, numbers: Tensor, time: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Vectors (B, N, 3) that sum to zero in each molecule, and numbers (B, N, K).

        Parameters
        ----------
        places : (B, N, 3).
        numbers : (B, N, K).
        time : (B,) from 0 to 1.
        present : (B, N) 1 for atoms, 0 where a molecule has fewer.
        """
        own = present.unsqueeze(-1)
        atoms = present.shape[1]
        pairs = present.unsqueeze(2) * present.unsqueeze(1) * (1 - torch.eye(atoms, device=present.device))
        when = time.view(-1, 1, 1).expand(-1, atoms, 1)
        states = self.embedding(torch.cat([numbers, when], -1)) * own
        moved = places
        for layer in self.layers:
            moved, states = layer(moved, states, pairs, own, self.centers, self.width)
        return centred(moved - places, present), self.output(states) * own


def centred(vectors: Tensor, present: Tensor) -> Tensor:
    """Vectors (B, N, 3) of atoms that are present (B, N), less their mean in each molecule; 0 elsewhere."""
    own = present.unsqueeze(-1)
    mean = (vectors * own).sum(1, keepdim=True) / own.sum(1, keepdim=True)
    return (vectors - mean) * own
