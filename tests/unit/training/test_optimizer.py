"""Which parameters each optimizer moves, how far, and that its state survives a checkpoint."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.tasks.sequence_layout import SequenceLayout
from uncollapse.training.optimizer import Optimizers
from uncollapse.training.settings import OptimizerSettings

MakeModel = Callable[..., EncoderDecoder]
KINDS = ["muon", "adam", "adamw"]


def _with_gradients(model: EncoderDecoder, *, seed: int = 0, scale: float = 1.0) -> dict[str, torch.Tensor]:
    """Give every parameter a random gradient; the values before the step by name."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in model.parameters():
        parameter.grad = scale * torch.randn(parameter.shape, generator=generator)
    return {name: parameter.detach().clone() for name, parameter in model.named_parameters()}


def test_adams_first_step_moves_by_the_rate_against_the_sign_of_the_gradient(
    make_model: MakeModel, small_layout: SequenceLayout
) -> None:
    """Bias-corrected, m / sqrt(v) is the gradient's sign."""
    model = make_model(small_layout)
    before = _with_gradients(model)
    signs = {name: parameter.grad.sign() for name, parameter in model.named_parameters()}
    Optimizers(model, OptimizerSettings(name="adam", learning_rate=0.01)).step(0.5)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(parameter.detach(), before[name] - 0.005 * signs[name], rtol=0, atol=1e-5)


def test_muon_moves_the_layers_matrices_and_adamw_the_rest(make_model: MakeModel, small_layout: SequenceLayout) -> None:
    model = make_model(small_layout)
    before = _with_gradients(model)
    signs = {name: parameter.grad.sign() for name, parameter in model.named_parameters()}
    # rates far apart, so that the size of a step tells which optimizer made it
    Optimizers(model, OptimizerSettings(name="muon", learning_rate=1e-3, muon_learning_rate=10.0)).step(1.0)
    by_muon = set()
    for name, parameter in model.named_parameters():
        change = parameter.detach() - before[name]
        if float(change.abs().mean()) > 0.1:
            by_muon.add(name)
        else:
            torch.testing.assert_close(change, -1e-3 * signs[name], rtol=0, atol=1e-5)
    layers = {name for name, _ in model.named_parameters() if name.startswith(("encoder.", "decoder."))}
    assert by_muon == {name for name in layers if name.endswith("weight") and "_norm" not in name}
    assert len(by_muon) == 4 + 2 * 7  # self-attention 2, feed-forward 2; with cross-attention 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_factor_scales_the_full_rates_of_every_step(
    make_model: MakeModel, small_layout: SequenceLayout, kind: str
) -> None:
    """And does not compound."""
    model = make_model(small_layout)
    optimizers = Optimizers(model, OptimizerSettings(name=kind, learning_rate=0.02, muon_learning_rate=0.3))
    for factor in (0.5, 0.1, 1.0):
        _with_gradients(model)
        optimizers.step(factor)
        rates = [optimizer.param_groups[0]["lr"] for optimizer in optimizers.optimizers]
        assert rates == pytest.approx([0.3 * factor, 0.02 * factor] if kind == "muon" else [0.02 * factor])


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_dropped_after_a_step(make_model: MakeModel, small_layout: SequenceLayout, kind: str) -> None:
    model = make_model(small_layout)
    _with_gradients(model)
    Optimizers(model, OptimizerSettings(name=kind)).step(1.0)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_clipping_bounds_the_norm_of_all_gradients_together(
    make_model: MakeModel, small_layout: SequenceLayout
) -> None:
    """Adam's memory after one step is (1 - beta1) times the gradient it saw."""
    for clip_norm, expected in ((2.0, 2.0), (None, None), (1e9, None)):
        model = make_model(small_layout)
        _with_gradients(model, scale=3.0)
        given = float(torch.cat([p.grad.flatten() for p in model.parameters()]).norm())
        optimizers = Optimizers(model, OptimizerSettings(name="adam", beta1=0.9, clip_norm=clip_norm))
        optimizers.step(1.0)
        seen = [tensor.flatten() for name, tensor in optimizers.state_tensors().items() if name.endswith("exp_avg")]
        assert float(torch.cat(seen).norm()) / 0.1 == pytest.approx(expected or given, rel=1e-4)


def test_weight_decay_shrinks_what_gets_no_gradient(make_model: MakeModel, small_layout: SequenceLayout) -> None:
    model = make_model(small_layout)
    before = _with_gradients(model, scale=0.0)
    Optimizers(model, OptimizerSettings(name="adamw", learning_rate=0.1, weight_decay=0.5)).step(1.0)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(parameter.detach(), 0.95 * before[name])


@pytest.mark.parametrize("kind", KINDS)
def test_state_travels_as_named_tensors(make_model: MakeModel, small_layout: SequenceLayout, kind: str) -> None:
    """Three steps at once, or two, a new optimizer with the old one's state, and one: the same bits."""
    settings = OptimizerSettings(name=kind, weight_decay=0.01)
    results = []
    for handed_over in (False, True):
        model = make_model(small_layout)
        optimizers = Optimizers(model, settings)
        for step in range(3):
            if handed_over and step == 2:
                tensors = optimizers.state_tensors() | {"model.output_bias": torch.ones(3)}
                optimizers = Optimizers(model, settings)
                optimizers.load_state_tensors(tensors)
            _with_gradients(model, seed=step)
            optimizers.step(1.0)
        results.append(torch.cat([parameter.detach().flatten() for parameter in model.parameters()]))
    assert torch.equal(*results)


@pytest.mark.parametrize("kind", KINDS)
def test_without_its_state_the_third_step_would_differ(
    make_model: MakeModel, small_layout: SequenceLayout, kind: str
) -> None:
    """The test above is about something."""
    settings = OptimizerSettings(name=kind)
    model, amnesiac = make_model(small_layout), make_model(small_layout)
    optimizers, other = Optimizers(model, settings), Optimizers(amnesiac, settings)
    for step in range(3):
        other = Optimizers(amnesiac, settings) if step == 2 else other
        for each, steps in ((model, optimizers), (amnesiac, other)):
            _with_gradients(each, seed=step)
            steps.step(1.0)
    assert not torch.equal(model.output_bias, amnesiac.output_bias)
