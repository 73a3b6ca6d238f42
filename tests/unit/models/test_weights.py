"""Weights on disk: the same model back, equal bytes for equal weights, and damage is always noticed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.tensor_file import WeightsError, load_tensors, save_tensors
from uncollapse.models.weights import load_weights, save_weights
from uncollapse.tasks.sequence_layout import SequenceLayout


@pytest.fixture(scope="module")
def model(make_model: Callable[..., EncoderDecoder], small_layout: SequenceLayout) -> EncoderDecoder:
    return make_model(small_layout)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "generator-seed0.safetensors"


def _refused(path: Path, *words: str) -> None:
    with pytest.raises(WeightsError) as caught:
        load_weights(path)
    for word in (str(path), *words):
        assert word in str(caught.value)


def test_round_trip(model: EncoderDecoder, path: Path, small_prompts: torch.Tensor) -> None:
    save_weights(model, path, about={"seed": 3})
    loaded = load_weights(path)
    assert loaded.settings == model.settings
    assert loaded.layout == model.layout
    assert not loaded.training
    expected = model.state_dict()
    assert loaded.state_dict().keys() == expected.keys()
    for name, tensor in loaded.state_dict().items():
        assert torch.equal(tensor, expected[name]), name
    answers = torch.tensor([[1, 3, 2, 5]]).expand(len(small_prompts), -1)
    assert torch.equal(loaded(small_prompts, answers), model(small_prompts, answers))


def test_the_header_says_who_trained_it(model: EncoderDecoder, path: Path) -> None:
    save_weights(model, path, about={"seed": 3, "steps": 10})
    assert load_tensors(path)[1]["about"] == {"seed": 3, "steps": 10}


def test_equal_weights_are_equal_bytes(
    model: EncoderDecoder, make_model: Callable[..., EncoderDecoder], tmp_path: Path
) -> None:
    first, second, other = (tmp_path / f"{name}.safetensors" for name in ("first", "second", "other"))
    save_weights(model, first, about={"seed": 3, "steps": 10})
    save_weights(make_model(model.layout), second, about={"steps": 10, "seed": 3})
    save_weights(make_model(model.layout, seed=1), other, about={"seed": 3, "steps": 10})
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes() != other.read_bytes()


def test_saving_a_loaded_model_gives_the_same_bytes(model: EncoderDecoder, tmp_path: Path) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    save_weights(model, first, about={})
    save_weights(load_weights(first), second, about={})
    assert first.read_bytes() == second.read_bytes()


def test_missing_file(path: Path) -> None:
    _refused(path, "no such file")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.99, 0.9999])
def test_truncated_file(model: EncoderDecoder, path: Path, share: float) -> None:
    save_weights(model, path, about={})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    _refused(path, "delete the file")


def test_bytes_behind_the_end(model: EncoderDecoder, path: Path) -> None:
    save_weights(model, path, about={})
    path.write_bytes(path.read_bytes() + bytes(8))
    _refused(path, "delete the file")


def test_a_flipped_bit_in_the_header_ends_in_no_other_error(model: EncoderDecoder, path: Path) -> None:
    """Whatever the flip hits: the length, a tensor's name, shape or offset, the model's sizes; free text may load."""
    save_weights(model, path, about={"seed": 3})
    whole = path.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    flips = random.Random(0)
    messages = []
    for place in [*range(8), *flips.sample(range(8, header), 400)]:
        content = bytearray(whole)
        content[place] ^= 1 << flips.randrange(8)
        path.write_bytes(bytes(content))
        try:
            loaded = load_weights(path)
        except WeightsError as error:
            messages.append(str(error))
        except Exception as error:
            raise AssertionError(f"byte {place}, {content[max(0, place - 30) : place + 30]!r}: {error!r}") from error
        else:
            assert all(tensor.isfinite().all() for tensor in loaded.state_dict().values())
    assert len(messages) > 200
    assert all(str(path) in message for message in messages)


def test_a_flipped_bit_in_the_tensors_is_always_noticed(model: EncoderDecoder, path: Path) -> None:
    """Nearly all of them would give another number that is as good as the right one to look at."""
    save_weights(model, path, about={})
    whole = path.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    chance = random.Random(1)
    for place in chance.sample(range(header, len(whole)), 200):
        content = bytearray(whole)
        content[place] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(content))
        _refused(path, "damaged", "rerun")


def test_a_safetensors_file_of_another_program(model: EncoderDecoder, path: Path) -> None:
    save_file({"weight": torch.ones(2)}, path)
    _refused(path, "not written by uncollapse")


def test_a_checkpoint_is_no_weights_file(model: EncoderDecoder, path: Path) -> None:
    """``initial:`` may be any path that a user types."""
    save_tensors({"model.weight": torch.ones(2)}, path, header={"identity": "abc", "step": 3, "curve": []})
    _refused(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_not_finite(model: EncoderDecoder, path: Path, value: float) -> None:
    tensors = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    tensors["encoder.0.attention.output.weight"][1, 2] = value
    save_weights(model, path, about={})
    save_tensors(tensors, path, header=load_tensors(path)[1])
    _refused(path, "encoder.0.attention.output.weight")


@pytest.mark.parametrize("change", ["missing", "extra", "reshaped"])
def test_tensors_that_do_not_fit_the_header(model: EncoderDecoder, path: Path, change: str) -> None:
    save_weights(model, path, about={})
    tensors, header = load_tensors(path)
    if change == "missing":
        del tensors["output_bias"]
    elif change == "extra":
        tensors["output_scale"] = torch.ones(1)
    else:
        tensors["output_bias"] = torch.ones(3)
    save_tensors(tensors, path, header=header)
    _refused(path, "output_scale" if change == "extra" else "output_bias")


def test_a_header_with_impossible_sizes(model: EncoderDecoder, path: Path) -> None:
    save_weights(model, path, about={})
    tensors, header = load_tensors(path)
    header["model"]["heads"] = 3  # does not divide the dimension
    save_tensors(tensors, path, header=json.loads(json.dumps(header)))
    _refused(path)
