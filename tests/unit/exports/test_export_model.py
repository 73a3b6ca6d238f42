"""A model's file as a folder of transformers: the same model, with a card; and models of every place load alike."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from random_language_model import random_language_model
from uncollapse.commands.export import main
from uncollapse.errors import ArtifactError
from uncollapse.exports.model_folder import export_model
from uncollapse.jobs.provenance import provenance_path
from uncollapse.language.any_model import as_file, load_any
from uncollapse.language.artifact import load_language_model, save_language_model
from uncollapse.language.changed_weights import save_changed
from uncollapse.language.weight_file import read_tensors
from uncollapse.models.tensor_file import save_tensors

TOKENS = torch.tensor([[1, 2, 3, 4]])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "student.safetensors"
    origin = {"origin": {"hub": {"id": "owner/base", "revision": "abc"}}}
    save_language_model(random_language_model("llama"), path, about=origin)
    return path


def logits(model: torch.nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        return model(input_ids=TOKENS).logits


def test_transformers_reads_the_same_model(file: Path, tmp_path: Path) -> None:
    beside = provenance_path(file)
    beside.parent.mkdir()
    made = {"stage": "text.train", "code": [], "spec": {"epochs": 3}, "inputs": {"dataset": {"best.parquet": "0123"}}}
    beside.write_text(json.dumps(made))
    main([str(file), str(tmp_path / "out/mine")])
    folder = tmp_path / "out/mine"
    ours = load_language_model(file)
    theirs = AutoModelForCausalLM.from_pretrained(folder)
    assert torch.equal(logits(theirs), logits(ours.model))
    text = "a small text"
    assert AutoTokenizer.from_pretrained(folder)(text)["input_ids"] == ours.tokenizer(text)["input_ids"]
    card = (folder / "README.md").read_text()
    for told in (
        'base_model: "owner/base"',
        "text.train",
        '"epochs": 3',
        "best.parquet",
        "0123",
        "student.safetensors",
    ):
        assert told in card
    assert [each.name for each in folder.parent.iterdir()] == ["mine"]  # and nothing half done


def test_what_training_changed_is_exported_as_the_whole_model(file: Path, tmp_path: Path) -> None:
    model, student = load_language_model(file), tmp_path / "changed.safetensors"
    with torch.no_grad():
        model.model.model.layers[0].mlp.up_proj.weight *= 2
    save_changed(model, file, student, about={"steps": 7})
    beside = provenance_path(student)
    beside.parent.mkdir()
    made = {"stage": "text.train", "code": [], "spec": {}, "inputs": {"initial": {file.name: "0123"}}}
    beside.write_text(json.dumps(made))
    folder = export_model(student, tmp_path / "out")
    assert torch.equal(logits(AutoModelForCausalLM.from_pretrained(folder)), logits(model.model))
    card = (folder / "README.md").read_text()
    assert '"steps": 7' in card
    assert "owner/base" not in card
    assert f"{sum(tensor.numel() for tensor in read_tensors(file)[0].values()):,} numbers" in card


def test_every_place_of_a_model_is_read_alike(file: Path, tmp_path: Path) -> None:
    folder = export_model(file, tmp_path / "folder")
    package = tmp_path / "mine-1.0-py3-none-any.whl"
    with zipfile.ZipFile(package, "w") as archive:
        for each in folder.iterdir():
            archive.write(each, f"mine/{each.name}")
    expected = logits(load_any(str(file))[0])
    for place in (folder, package):
        assert torch.equal(logits(load_any(str(place))[0]), expected)
        with as_file(str(place), where="--model") as path:
            assert torch.equal(logits(load_language_model(path).model), expected)


@pytest.mark.parametrize(
    "given",
    [["{model}", "--output", "{out}"], ["--model", "{model}", "--output", "{out}"], ["--model", "{model}", "{out}"]],
)
def test_model_and_folder_have_the_names_of_other_commands_too(file: Path, tmp_path: Path, given: list[str]) -> None:
    main([word.format(model=file, out=tmp_path / "folder") for word in given])
    assert (tmp_path / "folder/README.md").is_file()


def test_one_model_goes_to_one_folder(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for given, told in (([], "--output is missing"), (["a", "--output", "b"], "a: one model goes to one folder")):
        with pytest.raises(SystemExit) as end:
            main([str(file), *given])
        assert end.value.code == 2
        assert told in capsys.readouterr().err


def test_what_cannot_be_exported_is_refused(file: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").touch()
    with pytest.raises(SystemExit, match="not empty"):
        main([str(file), str(tmp_path / "full")])
    own = tmp_path / "generator.safetensors"
    save_tensors({"weight": torch.ones(2)}, own, header={"settings": {}})
    with pytest.raises(SystemExit, match="own architecture"):
        main([str(own), str(tmp_path / "new")])
    with pytest.raises(SystemExit, match="no such file"):
        main([str(tmp_path / "none.safetensors"), str(tmp_path / "new")])
    file.write_bytes(file.read_bytes()[:-4])
    with pytest.raises(ArtifactError, match="damaged"):
        export_model(file, tmp_path / "new")
    assert not (tmp_path / "new").exists()
