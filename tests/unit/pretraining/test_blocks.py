"""Blocks of the stream of training texts, and the loss on them."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
import torch

from uncollapse.errors import DataError
from uncollapse.jobs.progress import Progress
from uncollapse.language.base import untrained
from uncollapse.language.byte_tokenizer import byte_tokenizer
from uncollapse.language.settings import Architecture
from uncollapse.pretraining.examples import HumanLoss, blocks
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.loop import train
from uncollapse.training.settings import ScheduleSettings, TrainingSettings

CPU = torch.device("cpu")
SMALL = Architecture(architecture="gpt2", hidden_size=16, layers=1, heads=2, context=8)


def test_the_stream_is_cut_with_one_token_in_common() -> None:
    found = blocks([np.array([5, 6]), np.array([7, 8, 9])], context=3, end=0, device=CPU)
    # 0 5 6 0 7 8 9 0: seven predictions, two blocks of three
    assert found.tokens.tolist() == [[0, 5, 6, 0], [0, 7, 8, 9]]


def test_too_little_text_is_an_error() -> None:
    with pytest.raises(DataError, match=r"4 tokens do not fill one block of 4"):
        blocks([np.array([5, 6])], context=4, end=0, device=CPU)


@pytest.mark.parametrize("architecture", ["gpt2", "olmo2"])
def test_the_loss_is_the_models_own(architecture: str) -> None:
    settings = SMALL.model_copy(update={"architecture": architecture})
    model = untrained(settings, byte_tokenizer([], vocabulary_size=257), seed=3).model
    found = blocks([np.arange(1, 20)], context=4, end=0, device=CPU)
    rows = torch.tensor([1, 3])
    tokens = found.tokens[rows].long()
    own = model(input_ids=tokens[:, :-1]).logits.log_softmax(-1).gather(-1, tokens[:, 1:, None]).mean()
    assert found.loss_of(model)(*found.batch(rows)).item() == pytest.approx(-own.item(), rel=1e-5)
    every = [found.loss_of(model)(*found.batch(torch.tensor([row]))).item() for row in range(len(found))]
    assert HumanLoss(found, batch_size=2)(model)["validation_loss"] == pytest.approx(np.mean(every), rel=1e-5)


def test_a_seed_gives_one_model_and_leaves_the_random_state_alone() -> None:
    tokenizer = byte_tokenizer([], vocabulary_size=257)
    torch.manual_seed(0)
    before = torch.random.get_rng_state()
    first, again, other = (untrained(SMALL, tokenizer, seed=seed).model.state_dict() for seed in (1, 1, 2))
    assert torch.equal(before, torch.random.get_rng_state())
    name = "transformer.wte.weight"
    assert torch.equal(first[name], again[name])
    assert not torch.equal(first[name], other[name])


@pytest.mark.parametrize("architecture", ["gpt2", "olmo2"])
def test_a_run_that_is_killed_ends_in_the_same_weights(architecture: str, tmp_path: Path) -> None:
    settings = TrainingSettings(
        steps=4,
        batch_size=2,
        log_every=1,
        validate_every=4,
        checkpoint_every=2,
        schedule=ScheduleSettings(warmup_steps=1),
    )
    found = blocks([np.arange(1, 40)], context=4, end=0, device=CPU)

    def run(name: str, *, killed: bool) -> dict[str, torch.Tensor]:
        sizes = SMALL.model_copy(update={"architecture": architecture})
        model = untrained(sizes, byte_tokenizer([], vocabulary_size=257), seed=0).model

        def validate(_: torch.nn.Module) -> dict[str, float]:
            if killed:
                raise KeyboardInterrupt
            return {"validation_loss": 0.0}

        checkpoint = Checkpoint(tmp_path / name, identity="one")
        progress = Progress("x", unit="blocks", stream=io.StringIO())
        with contextlib.suppress(KeyboardInterrupt):
            train(model, found, settings, seed=1, validate=validate, checkpoint=checkpoint, progress=progress)
        return model.state_dict()

    whole = run("whole", killed=False)
    run("killed", killed=True)
    again = run("killed", killed=False)
    assert all(torch.equal(whole[name], again[name]) for name in whole)
    sizes = SMALL.model_copy(update={"architecture": architecture})
    start = untrained(sizes, byte_tokenizer([], vocabulary_size=257), seed=0)
    assert not torch.equal(whole["lm_head.weight"], start.model.state_dict()["lm_head.weight"])
