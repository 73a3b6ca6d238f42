"""The model against its own definition: what may see what, and the loss by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from pydantic import ValidationError

from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks.sequence_layout import SequenceLayout

ANSWERS = torch.tensor([[1, 3, 2, 5], [2, 6, 6, 6], [1, 4, 3, 6], [2, 3, 5, 5], [1, 5, 4, 5], [2, 4, 2, 6]])


@pytest.fixture(scope="module")
def model(make_model: Callable[..., EncoderDecoder], small_layout: SequenceLayout) -> EncoderDecoder:
    return make_model(small_layout)


@torch.no_grad()
def test_a_state_sees_the_answer_tokens_before_it_and_no_others(
    model: EncoderDecoder, small_prompts: torch.Tensor
) -> None:
    before = model(small_prompts, ANSWERS)
    for position in range(4):
        changed = ANSWERS.clone()
        changed[:, position] = 8
        difference = (model(small_prompts, changed) - before).abs().amax((0, 2))
        assert (difference[: position + 1] < 1e-5).all(), position
        assert (difference[position + 1 :] > 1e-3).all(), position


@torch.no_grad()
def test_every_state_sees_every_prompt_token(model: EncoderDecoder, small_prompts: torch.Tensor) -> None:
    before = model(small_prompts, ANSWERS)
    for position in range(3):
        changed = small_prompts.clone()
        changed[:, position] = small_prompts[:, position] % 8 + 1
        assert ((model(changed, ANSWERS) - before).abs().amax((0, 2)) > 1e-3).all(), position


@torch.no_grad()
def test_order_matters(model: EncoderDecoder) -> None:
    """Attention alone is blind to order; the positions are not."""
    forward, backward = torch.tensor([[1, 2, 3]]), torch.tensor([[3, 2, 1]])
    assert (model(forward, ANSWERS[:1]) - model(backward, ANSWERS[:1])).abs().max() > 1e-3


@torch.no_grad()
def test_examples_of_a_batch_do_not_see_each_other(model: EncoderDecoder, small_prompts: torch.Tensor) -> None:
    together = model(small_prompts, ANSWERS)
    alone = torch.cat([model(small_prompts[i : i + 1], ANSWERS[i : i + 1]) for i in range(6)])
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("examples", [2, 400])
def test_inference_some_rows_at_a_time_is_the_whole(model: EncoderDecoder, examples: int) -> None:
    """1,024 rows go through a feed-forward network at once: 400 prompts of 3 tokens are more."""
    prompts = torch.randint(1, 9, (examples, 3), generator=torch.Generator().manual_seed(examples))
    before = prompts.clone()
    with torch.inference_mode():
        found = model.encode(prompts)
    torch.testing.assert_close(found, model.encode(prompts).detach(), rtol=1e-5, atol=1e-5)
    assert torch.equal(prompts, before)


@torch.no_grad()
@pytest.mark.parametrize("beams", [1, 2, 9])
def test_what_many_beams_read_is_computed_once_for_each_token(model: EncoderDecoder, beams: int) -> None:
    start, stop = model.layout.answer_choices[0]
    tokens = torch.randint(start, stop, (2, beams), generator=torch.Generator().manual_seed(beams))
    x, projected = model.read_answer(tokens, 1, (start, stop))
    expected = model.embedding(tokens) + model.answer_positions[1]
    torch.testing.assert_close(x, expected)
    torch.testing.assert_close(projected, model.decoder[0].project(expected), rtol=1e-5, atol=1e-6)


@torch.no_grad()
def test_loss_is_the_mean_cross_entropy_among_the_tokens_that_may_stand_there(
    model: EncoderDecoder, small_prompts: torch.Tensor
) -> None:
    states = model(small_prompts, ANSWERS)
    total = 0.0
    for example in range(6):
        for position, (start, stop) in enumerate(model.layout.answer_choices):
            logits = [
                float(states[example, position] @ model.embedding.weight[token] + model.output_bias[token])
                for token in range(start, stop)
            ]
            normalizer = math.log(sum(math.exp(logit) for logit in logits))
            total += normalizer - logits[int(ANSWERS[example, position]) - start]
    assert float(model.loss(small_prompts, ANSWERS)) == pytest.approx(total / 24, rel=1e-5)


def test_every_parameter_gets_a_gradient(model: EncoderDecoder, small_prompts: torch.Tensor) -> None:
    model.zero_grad()
    model.loss(small_prompts, ANSWERS).backward()
    without = [name for name, p in model.named_parameters() if p.grad is None or float(p.grad.abs().max()) == 0.0]
    model.zero_grad()
    assert without == []


@torch.no_grad()
def test_a_fresh_model_is_its_embedding_alone(small_layout: SequenceLayout, small_prompts: torch.Tensor) -> None:
    """Residual branches start at zero, however deep."""
    fresh = EncoderDecoder(ModelSettings(dimension=8, encoder_layers=3, decoder_layers=3, heads=2), small_layout)
    start = torch.zeros(6, 1, dtype=torch.int64)
    read = fresh.embedding(torch.cat([start, ANSWERS[:, :-1]], 1)) + fresh.answer_positions
    torch.testing.assert_close(fresh(small_prompts, ANSWERS), fresh.decoder_norm(read))


def test_a_fresh_model_follows_the_seed_of_torch(small_layout: SequenceLayout) -> None:
    def fresh(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        return EncoderDecoder(ModelSettings(dimension=8, heads=2), small_layout).embedding.weight.detach()

    assert torch.equal(fresh(1), fresh(1))
    assert not torch.equal(fresh(1), fresh(2))


@pytest.mark.parametrize(
    "settings", [{"heads": 3}, {"dimension": 0}, {"encoder_layers": 0}, {"layers": 2}, {"kind": "decoder"}]
)
def test_impossible_sizes_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ModelSettings(**{"dimension": 64, "heads": 4, **settings})
