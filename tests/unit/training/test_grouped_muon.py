"""Muon on groups of matrices against torch's own, one matrix after the other."""

from __future__ import annotations

import copy

import pytest
import torch

from uncollapse.training.grouped_muon import GroupedMuon

SHAPES = [(8, 8), (24, 8), (8, 8), (8, 32), (32, 8), (16, 8), (8, 8), (5, 7)]


def _steps(kind: type[torch.optim.Optimizer], **options: object) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    parameters = [torch.nn.Parameter(torch.randn(shape, generator=generator)) for shape in SHAPES]
    optimizer = kind(parameters, lr=0.1, **options)
    for step in range(3):
        for number, parameter in enumerate(parameters):
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.grad = None if step == 1 and number == 2 else noise
        optimizer.step()
    return parameters


@pytest.mark.parametrize("options", [{"weight_decay": 0.0}, {"weight_decay": 0.1}, {"nesterov": False}])
def test_updates_are_torchs(options: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """To the rounding of float32, once torch orthogonalises in it as well; each step moves an entry by about 0.035."""
    monkeypatch.setattr(torch.Tensor, "bfloat16", torch.Tensor.clone)
    for shape, ours, theirs in zip(
        SHAPES, _steps(GroupedMuon, **options), _steps(torch.optim.Muon, **options), strict=True
    ):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5, msg=str(shape))


def test_each_update_is_nearly_orthogonal() -> None:
    parameter = torch.nn.Parameter(torch.zeros(6, 20))
    parameter.grad = torch.randn(6, 20, generator=torch.Generator().manual_seed(1))
    GroupedMuon([parameter], lr=1.0, weight_decay=0.0).step()
    singular = torch.linalg.svdvals(parameter.detach())
    assert singular.min() > 0.5
    assert singular.max() < 1.5


def test_no_gradients_no_change() -> None:
    parameter = torch.nn.Parameter(torch.ones(3, 3))
    GroupedMuon([parameter], lr=1.0).step()
    assert torch.equal(parameter.detach(), torch.ones(3, 3))


def test_it_takes_over_torchs_state() -> None:
    """The last update as torch's, to the rounding of bfloat16, in which torch orthogonalises."""
    first, second = (torch.nn.Parameter(torch.ones(4, 6)) for _ in range(2))
    theirs, ours = torch.optim.Muon([first], lr=0.1), GroupedMuon([second], lr=0.1)
    for seed in range(3):
        for parameter in (first, second):
            parameter.grad = torch.randn(4, 6, generator=torch.Generator().manual_seed(seed))
        theirs.step()
        if seed == 0:
            ours.load_state_dict(copy.deepcopy(theirs.state_dict()))  # else both share their momenta
            second.data.copy_(first.data)
        else:
            ours.step()
    torch.testing.assert_close(second, first, rtol=0, atol=3e-3)
