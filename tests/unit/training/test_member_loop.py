"""Members learn, each as it would alone, and a killed run ends in the same bits."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_decoders import ALPHABET, decoder
from torch import Tensor

from uncollapse.decoding.cached_attention import CachedAttention
from uncollapse.decoding.greedy import generate
from uncollapse.errors import DataError, DivergedError
from uncollapse.jobs.progress import Progress
from uncollapse.models.decoder import Decoder
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.member_data import Examples, Source
from uncollapse.training.member_loop import Trained, train_members
from uncollapse.training.member_loss import losses
from uncollapse.training.member_settings import MemberTrainingSettings
from uncollapse.training.member_states import load_states, save_states
from uncollapse.training.packing import pack


def copies(count: int, *, seed: int = 0, longest: int = 4) -> Source:
    """Answers that repeat the question."""
    rng = np.random.default_rng(seed)
    texts = ["".join(rng.choice(list(ALPHABET[:-1]), rng.integers(1, longest + 1))) for _ in range(count)]
    return Source(questions=[f"{text}=" for text in texts], answers=texts)


def settings(**changes: Any) -> MemberTrainingSettings:
    known = {"batch_size": 16, "steps": 20, "schedule": {"warmup_steps": 3}, "log_every": 2, "checkpoint_every": 4}
    return MemberTrainingSettings(**{**known, **changes})


def train(
    model: Decoder, path: Path, chosen: MemberTrainingSettings, *, seeds: Sequence[int], **options: Any
) -> Trained:
    return train_members(
        model,
        options.pop("sources", [copies(60)]),
        chosen,
        seeds=seeds,
        checkpoint=Checkpoint(path, identity="run"),
        progress=Progress("train", unit="examples", stream=io.StringIO()),
        **options,
    )


def member(model: Decoder, place: int) -> dict[str, Tensor]:
    return {name: tensor[place] for name, tensor in model.state_dict().items()}


def assert_equal(found: dict[str, Tensor], expected: dict[str, Tensor]) -> None:
    assert found.keys() == expected.keys()
    assert not [name for name in found if not torch.equal(found[name], expected[name])]


def assert_close(found: dict[str, Tensor], expected: dict[str, Tensor]) -> None:
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        torch.testing.assert_close(found[name], tensor, rtol=1e-3, atol=2e-3, msg=name)


@torch.no_grad()
@pytest.mark.parametrize("positions", ["none", "rotary"])
def test_the_loss_is_that_of_the_answers_alone(positions: str) -> None:
    """By hand, one example at a time, without rows."""
    model = decoder([1, 2], positions=positions)
    source = copies(9, seed=3)
    draws = next(Examples([source], model.characters, batch_size=9, seeds=[0, 0]).steps(0))
    found = losses(model, pack([draws], device=torch.device("cpu")))
    total, count = torch.zeros(2), 0
    for question, answer in zip(source.questions, source.answers, strict=True):
        tokens = [*model.characters.encode([question + answer]).tokens.tolist(), 0]
        read = torch.tensor(tokens[:-1])
        attention = CachedAttention(model, torch.zeros(1, dtype=torch.int64), room=len(read))
        positions = attention.read(len(read))
        x = model.states(read.expand(2, -1), attention.of_layer, model.matrices(), positions=positions)
        log_probs = model.logits(x).log_softmax(-1)
        for position in range(len(question), len(tokens)):
            total -= log_probs[:, position - 1, tokens[position]]
            count += 1
    torch.testing.assert_close(found, total / count, rtol=1e-4, atol=1e-5)


def test_members_learn_to_copy(tmp_path: Path) -> None:
    model = decoder([0, 1], spread=0.3, dimension=32, feed_forward=64)
    chosen = settings(steps=200, batch_size=32, log_every=50, optimizer={"clip_norm": 1.0})
    trained = train(model, tmp_path / "c", chosen, seeds=[0, 1], sources=[copies(2000, longest=3)])
    asked = copies(50, seed=9, longest=3)
    for curve, written in zip(trained.curves, generate(model, asked.questions, most_tokens=6), strict=True):
        assert curve[0]["loss"] > 0.5 > 0.3 > curve[-1]["loss"]
        assert np.mean([a == b for a, b in zip(written.texts, asked.answers, strict=True)]) > 0.5


@pytest.mark.parametrize("optimizer", ["muon", "adamw", "adam"])
def test_a_member_learns_what_it_would_alone(tmp_path: Path, optimizer: str) -> None:
    """Up to rounding: products of matrices this small are computed in another order where there are several."""
    chosen = settings(steps=6, optimizer={"name": optimizer, "weight_decay": 0.01})
    together = decoder([3, 4, 5])
    curves = train(together, tmp_path / "c", chosen, seeds=[3, 4, 5]).curves
    alone = decoder([4])
    (curve,) = train(alone, tmp_path / "d", chosen, seeds=[4]).curves
    assert [row["loss"] for row in curve] == pytest.approx([row["loss"] for row in curves[1]], rel=1e-3)
    assert_close(member(together, 1), member(alone, 0))
    assert (together.output[0] - together.output[1]).abs().max() > 0.1


def test_gradients_are_clipped_member_by_member(tmp_path: Path) -> None:
    chosen = settings(optimizer={"name": "adam", "clip_norm": 0.01})
    together, alone, unclipped = decoder([3, 4]), decoder([4]), decoder([4])
    train(together, tmp_path / "c", chosen, seeds=[3, 4])
    train(alone, tmp_path / "d", chosen, seeds=[4])
    train(unclipped, tmp_path / "e", settings(optimizer={"name": "adam"}), seeds=[4])
    torch.testing.assert_close(together.output[1], alone.output[0], rtol=1e-3, atol=1e-4)
    assert (unclipped.output - alone.output).abs().max() > 1e-3


@pytest.mark.parametrize("positions", ["none", "rotary"])
def test_members_learn_from_sources_of_their_own(tmp_path: Path, positions: str) -> None:
    """Of other lengths and numbers, two of them the same; up to rounding as if each were alone."""
    chosen = settings(steps=4, optimizer={"name": "adam"})
    short, long = [copies(50, seed=1, longest=2)], [copies(20, seed=2), copies(10, seed=3, longest=6)]
    together = decoder([3, 4, 5], positions=positions)
    curves = train(together, tmp_path / "c", chosen, seeds=[3, 4, 5], sources=[short, long, long]).curves
    for place, (seed, own) in enumerate([(3, short), (4, long), (5, long)]):
        alone = decoder([seed], positions=positions)
        (curve,) = train(alone, tmp_path / f"{place}", chosen, seeds=[seed], sources=own).curves
        assert [row["loss"] for row in curve] == pytest.approx([row["loss"] for row in curves[place]], rel=1e-4)
        assert_close(member(together, place), member(alone, 0))


class Killed(Exception):
    """Stands for a kill between two checkpoints."""


def killed_at(call: int) -> Callable[[Decoder], list[dict[str, float]]]:
    calls = 0

    def validate(model: Decoder) -> list[dict[str, float]]:
        nonlocal calls
        calls += 1
        if calls == call:
            raise Killed
        return [{"validation": model.norm[place].sum().item()} for place in range(model.members)]

    return validate


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_a_killed_run_ends_in_the_same_bits(tmp_path: Path, optimizer: str) -> None:
    chosen = settings(optimizer={"name": optimizer}, validate_every=2)
    undisturbed = decoder([1, 2])
    expected = train(undisturbed, tmp_path / "c", chosen, seeds=[1, 2], validate=killed_at(0))
    with pytest.raises(Killed):
        train(decoder([1, 2]), tmp_path / "d", chosen, seeds=[1, 2], validate=killed_at(6))
    resumed = decoder([8, 9])
    found = train(resumed, tmp_path / "d", chosen, seeds=[1, 2], validate=killed_at(0))
    assert found.curves == expected.curves
    assert [row["step"] for row in found.curves[0]] == list(range(2, 21, 2))
    assert all("validation" in row for row in found.curves[1])
    assert_equal(resumed.state_dict(), undisturbed.state_dict())
    for place in range(2):
        assert_equal(found.states[place], expected.states[place])
    save_states(found.states, tmp_path / "states")
    for loaded, state in zip(load_states(tmp_path / "states"), found.states, strict=True):
        assert_equal(loaded, state)


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_members_trained_apart_go_on_together(tmp_path: Path, optimizer: str) -> None:
    """Two rounds of each alone against the second round together."""
    chosen = settings(steps=2, optimizer={"name": optimizer})
    model, states, expected = decoder([1, 2]), [], []
    for place, seed in enumerate([1, 2]):
        alone = decoder([seed])
        first = train(alone, tmp_path / f"{seed}", chosen, seeds=[seed])
        states += first.states
        for name, tensor in member(alone, 0).items():
            model.state_dict()[name][place] = tensor
        train(alone, tmp_path / f"{seed}b", chosen, seeds=[seed + 5], states=first.states)
        expected.append(member(alone, 0))
    afresh = decoder([0, 0])
    afresh.load_state_dict(model.state_dict())
    train(model, tmp_path / "c", chosen, seeds=[6, 7], states=states)
    train(afresh, tmp_path / "d", chosen, seeds=[6, 7])
    for place in range(2):
        assert_close(member(model, place), expected[place])
        assert (member(afresh, place)["output"] - expected[place]["output"]).abs().max() > 0.01


def test_states_that_do_not_fit(tmp_path: Path) -> None:
    muon, adam = settings(steps=2), settings(steps=2, optimizer={"name": "adam"})
    of_muon = train(decoder([1]), tmp_path / "a", muon, seeds=[1]).states
    of_adam = train(decoder([1]), tmp_path / "b", adam, seeds=[1]).states
    further = train(decoder([1]), tmp_path / "c", adam, seeds=[1], states=of_adam).states
    with pytest.raises(DataError, match="all of one kind"):
        train(decoder([1, 2]), tmp_path / "d", adam, seeds=[1, 2], states=[*of_adam, *of_muon])
    with pytest.raises(DataError, match="different numbers of steps"):
        train(decoder([1, 2]), tmp_path / "e", adam, seeds=[1, 2], states=[*of_adam, *further])
    with pytest.raises(DataError, match="does not fit"):
        train(decoder([1], layers=1), tmp_path / "f", adam, seeds=[1], states=of_adam)
    with pytest.raises(DataError, match="does not fit"):
        train(decoder([1]), tmp_path / "g", muon, seeds=[1], states=of_adam)


def test_a_loss_that_is_not_finite_ends_the_run(tmp_path: Path) -> None:
    model = decoder([1, 2])
    with torch.no_grad():
        model.output[1, 3] = math.nan
    with pytest.raises(DivergedError, match=r"step 2.*learning_rate"):
        train(model, tmp_path / "c", settings(checkpoint_every=1), seeds=[1, 2])
    assert list(tmp_path.iterdir()) == []


def test_bfloat16_runs_the_layers_and_keeps_parameters_in_float32(tmp_path: Path) -> None:
    model, plain = decoder([1, 2], spread=0.5), decoder([1, 2], spread=0.5)
    (curve, _) = train(model, tmp_path / "c", settings(), seeds=[1, 2], dtype=torch.bfloat16).curves
    (expected, _) = train(plain, tmp_path / "d", settings(), seeds=[1, 2]).curves
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert [row["loss"] for row in curve] == pytest.approx([row["loss"] for row in expected], rel=0.1)
    assert curve != expected


def test_a_fresh_order_needs_a_seed_for_each_member(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="got 1 lists"):
        train(decoder([1, 2]), tmp_path / "c", settings(), seeds=[1, 2], sources=[[copies(5)]])
    with pytest.raises(ValueError, match="as many seeds"):
        train(decoder([1, 2]), tmp_path / "c", settings(), seeds=[1])


def test_the_rate_ends_at_its_floor() -> None:
    chosen = settings(schedule={"warmup_steps": 10, "decay_share": 0.5, "floor": 0.01})
    factors = [chosen.schedule.rate_factor(step, 1000) for step in (0, 9, 499, 500, 750, 999)]
    assert factors == pytest.approx([0.1, 1, 1, 1, 0.505, 0.01 + 0.99 * 0.002])
