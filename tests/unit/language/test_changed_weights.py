"""Students kept as what training changed of the model that they started from."""

from pathlib import Path

import pytest
import torch

from random_language_model import random_language_model
from uncollapse.errors import ArtifactError
from uncollapse.language.artifact import load_language_model, save_language_model
from uncollapse.language.changed_weights import save_changed, write_whole
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
    assert list(kept) == ["model.layers.1.mlp.up_proj.weight"]
    whole = load_language_model(write_whole(changed, initial, tmp_path / "whole.safetensors"))
    before = load_language_model(initial).model.state_dict()
    for name, tensor in whole.model.state_dict().items():
        same = name != "model.layers.1.mlp.up_proj.weight"
        assert torch.equal(tensor, before[name]) == same, name
        assert torch.equal(tensor, model.model.state_dict()[name].bfloat16().float()), name
    for name, tensor in load_language_model(initial, changed=changed).model.state_dict().items():
        assert torch.equal(tensor, whole.model.state_dict()[name]), name


def test_nothing_changed_is_a_file_all_the_same(tmp_path: Path) -> None:
    initial, changed = tmp_path / "initial.safetensors", tmp_path / "changed.safetensors"
    save_language_model(random_language_model(), initial, about={})
    save_changed(load_language_model(initial), initial, changed, about={})
    assert len(read_tensors(changed)[0]) == 1
    assert write_whole(changed, initial, tmp_path / "whole.safetensors").read_bytes() == initial.read_bytes()


def test_another_model_is_refused(tmp_path: Path) -> None:
    initial, other, changed = (tmp_path / f"{name}.safetensors" for name in ("initial", "other", "changed"))
    save_language_model(random_language_model(), initial, about={})
    save_language_model(random_language_model("gpt2"), other, about={})
    save_changed(load_language_model(initial), initial, changed, about={})
    with pytest.raises(ArtifactError, match="not what training changed of"):
        write_whole(changed, other, tmp_path / "whole.safetensors")
    with pytest.raises(ArtifactError, match="not what training changed of"):
        write_whole(initial, initial, tmp_path / "whole.safetensors")
