"""The network of molecules as one writes it after its paper, and the usual loop around it, to compare with."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from uncollapse.molecules.diffusion import Diffusion, scheduler_of
from uncollapse.molecules.network import EquivariantNetwork, Layer, centred


class PlainLayer(nn.Module):
    """Messages from one network of both atoms' states and their distance, for all pairs (Satorras et al. 2021)."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        width, gaussians = layer.message.out_features, layer.distance.in_features
        first, second = nn.Linear(2 * width + gaussians, width), nn.Linear(width, width)
        self.edge = nn.Sequential(first, nn.SiLU(), second, nn.SiLU())
        self.move = nn.Linear(width, 1, bias=False)
        self.node = nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, width))
        with torch.no_grad():  # the same numbers
            parts = [layer.receiver.weight, layer.sender.weight, layer.distance.weight]
            first.weight.copy_(torch.cat(parts, 1))
            first.bias.copy_(layer.receiver.bias)
            pairs = [(second, layer.message), (self.move, layer.move)]
            for own, other in [*pairs, (self.node[0], layer.inside), (self.node[2], layer.outside)]:
                own.load_state_dict(other.state_dict())

    def forward(
        self, places: Tensor, states: Tensor, pairs: Tensor, present: Tensor, centers: Tensor, width: float
    ) -> tuple[Tensor, Tensor]:
        """As :meth:`uncollapse.molecules.network.Layer.forward`."""
        atoms = states.shape[1]
        lines = places.unsqueeze(2) - places.unsqueeze(1)
        apart = (lines.square().sum(-1, keepdim=True) + 1e-8).sqrt()
        gaussians = torch.exp(-(((apart - centers) / width) ** 2))
        receivers = states.unsqueeze(2).expand(-1, -1, atoms, -1)
        senders = states.unsqueeze(1).expand(-1, atoms, -1, -1)
        messages = self.edge(torch.cat([receivers, senders, gaussians], -1)) * pairs.unsqueeze(-1)
        places = places + (lines * self.move(messages) * pairs.unsqueeze(-1) / (apart + 1)).sum(2)
        return places, (states + self.node(torch.cat([states, messages.sum(2)], -1))) * present


def plain_network(network: EquivariantNetwork) -> EquivariantNetwork:
    """The same network with layers as the paper writes them, in place."""
    network.layers = nn.ModuleList(PlainLayer(layer) for layer in network.layers)
    return network


def plain_steps(model: Diffusion, clean: Tensor, present: Tensor, *, batch_size: int, learning_rate: float):  # noqa: ANN201
    """The usual loop: batches of a DataLoader, noise of diffusers' scheduler, Adam; yields after each step."""
    scheduler = scheduler_of(model.noise)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    loader = DataLoader(TensorDataset(clean, present), batch_size=batch_size, shuffle=True, drop_last=True)
    while True:
        for molecules, own in loader:
            noise = torch.randn_like(molecules)
            noise = torch.cat([centred(noise[..., :3], own), noise[..., 3:] * own.unsqueeze(-1)], -1)
            times = torch.randint(0, model.noise.steps, (len(molecules),))
            found = model.network_at(scheduler.add_noise(molecules, noise, times), own, times)
            wanted = scheduler.get_velocity(molecules, noise, times)
            free = 3 * (own.sum(1) - 1) + (molecules.shape[-1] - 3) * own.sum(1)
            loss = ((found - wanted).square().sum((1, 2)) / free).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()  # what loops of this kind write into their progress bar
            yield
