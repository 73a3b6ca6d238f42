"""Students kept as what training changed of the model that they started from."""

import json
from pathlib import Path

import pytest
import torch

from random_language_model import random_language_model
from uncollapse.errors import ArtifactError
from uncollapse.jobs.provenance import provenance_path
from uncollapse.language.any_model import load_any
from uncollapse.language.artifact import load_language_model, save_language_model, unpack
from uncollapse.language.changed_weights import _packed, _unpacked, beginning_of, save_changed, whole_tensors
from uncollapse.language.weight_file import read_tensors


def test_only_what_was_changed_is_kept_and_joins_the_rest(tmp_path: Path) -> None:
    initial, changed = tmp_path / "initial.safetensors", tmp_path / "changed.safetensors"
    save_language_model(random_language_model(), initial, about={}, dtype=torch.bfloat16)
    model = load_language_model(initial)
    layer = model.model.model.layers[1].mlp.up_proj.weight
    with torch.no_grad():
        layer[0, 0] += 1.0
    save_changed(model, initial, changed, about={"seed": 1})
    kept, _ = read_tensors(changed)
    assert list(kept) == [f"model.layers.1.mlp.up_proj.weight.{byte}" for byte in (0, 1)]
    whole = load_language_model(initial, changed=changed)
    before = load_language_model(initial).model.state_dict()
    for name, tensor in whole.model.state_dict().items():
        same = name != "model.layers.1.mlp.up_proj.weight"
        assert torch.equal(tensor, before[name]) == same, name
        assert torch.equal(tensor, model.model.state_dict()[name].bfloat16().float()), name
    folder = unpack(initial, tmp_path / "folder", changed=changed)
    for name, tensor in load_any(str(folder))[0].state_dict().items():
        assert torch.equal(tensor, whole.model.state_dict()[name]), name


def test_nothing_changed_is_a_file_all_the_same(tmp_path: Path) -> None:
    initial, changed = tmp_path / "initial.safetensors", tmp_path / "changed.safetensors"
    save_language_model(random_language_model(), initial, about={})
    save_changed(load_language_model(initial), initial, changed, about={})
    assert len({name.rpartition(".")[0] for name in read_tensors(changed)[0]}) == 1
    (tensors, header), (before, first) = whole_tensors(changed, initial), read_tensors(initial)
    assert header == first
    assert {name: tensor.tolist() for name, tensor in tensors.items()} == {
        name: tensor.tolist() for name, tensor in before.items()
    }


def test_another_model_is_refused(tmp_path: Path) -> None:
    initial, other, changed = (tmp_path / f"{name}.safetensors" for name in ("initial", "other", "changed"))
    save_language_model(random_language_model(), initial, about={})
    save_language_model(random_language_model("gpt2"), other, about={})
    save_changed(load_language_model(initial), initial, changed, about={})
    with pytest.raises(ArtifactError, match="not what training changed of"):
        whole_tensors(changed, other)
    with pytest.raises(ArtifactError, match="not what training changed of"):
        whole_tensors(initial, initial)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64])
def test_every_number_comes_back_to_the_last_bit(dtype: torch.dtype) -> None:
    numbers = [0.0, -0.0, 1.0, -1.0, 1e-40, -1e-40, 6e-8, 3.5e4, float("inf"), -float("inf"), float("nan")]
    pairs = torch.tensor([[x, y] for x in numbers for y in numbers]).to(dtype)
    before, now = pairs[:, 0].reshape(11, 11), pairs[:, 1].reshape(11, 11)
    whole = _unpacked(_packed(now, before), before)
    bits = {2: torch.int16, 4: torch.int32, 8: torch.int64}[now.element_size()]
    assert (whole.dtype, whole.shape) == (now.dtype, now.shape)
    assert torch.equal(whole.contiguous().view(bits), now.contiguous().view(bits))


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.uint8, torch.bool])
def test_so_do_whole_numbers(dtype: torch.dtype) -> None:
    before, now = torch.tensor([0, 1, 1, 0]).to(dtype), torch.tensor([0, 0, 1, 1]).to(dtype)
    assert torch.equal(_unpacked(_packed(now, before), before), now)


def test_what_a_few_small_steps_change_is_a_small_part(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    before = 0.1 * torch.randn(2000, 50, generator=generator)
    now = (before + 2e-4 * torch.randn(before.shape, generator=generator)).bfloat16()
    packed = sum(part.numel() for part in _packed(now, before.bfloat16()))
    assert packed < 0.3 * 2 * before.numel()
    anything = sum(part.numel() for part in _packed(torch.randn(2000, 50, generator=generator).bfloat16(), now))
    assert anything < 1.01 * 2 * before.numel(), "and whatever training does, the whole is not passed"


def test_a_file_by_itself_is_joined_with_the_beginning_that_its_record_names(tmp_path: Path) -> None:
    initial, changed = tmp_path / "base_models/small.safetensors", tmp_path / "toy/models/student.safetensors"
    initial.parent.mkdir()
    provenance_path(changed).parent.mkdir(parents=True)
    save_language_model(random_language_model(), initial, about={"origin": 1})
    model = load_language_model(initial)
    with torch.no_grad():
        model.model.model.layers[0].mlp.up_proj.weight += 0.01
    save_changed(model, initial, changed, about={"steps": 3})
    assert beginning_of(initial) is None
    with pytest.raises(ArtifactError, match=r"holds what training changed of another model, and no .* names it"):
        load_language_model(changed)
    provenance_path(changed).write_text(json.dumps({"inputs": {"initial": {"base_models/small.safetensors": "0"}}}))
    assert beginning_of(changed) == initial
    for name, tensor in load_language_model(changed).model.state_dict().items():
        assert torch.equal(tensor, model.model.state_dict()[name]), name
    save_language_model(model, initial, about={})
    with pytest.raises(ArtifactError, match=r"small\.safetensors is not there, or another"):
        load_language_model(changed)
