"""Paths of a config, each told with its key where it is not what a job takes it for."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from uncollapse.config.load import load
from uncollapse.planning.places import Places
from uncollapse.planning.plan import Plan

DRAWN = {"candidates": 2, "temperature": 1.0, "max_new_tokens": 4}
RANDOM = {"random": {"architecture": "llama", "hidden_size": 32, "layers": 2, "heads": 4}}
FIX = "paths are relative to the folder that snakemake runs in"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with inputs of every sort, in which the config's paths are looked for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/her")
    monkeypatch.setenv("DATA", "data")
    for name in ("train.jsonl", "test.jsonl", "more.csv.gz", "notes", "a {1}.csv"):
        Path(name).write_text('{"prompt": "a"}\n')
    Path("empty").mkdir()
    Path("data").mkdir()
    Path("data/part.jsonl").write_text('{"text": "a"}\n')
    model("whole")
    return tmp_path


def model(name: str, *, but: str = "", config: str = "{}") -> None:
    """A folder that looks like a model, ``but`` for files of such a name."""
    folder = Path(name)
    folder.mkdir(parents=True)
    for file, content in {"config.json": config, "model.safetensors": "0", "tokenizer.json": "{}"}.items():
        if file != but:
            (folder / file).write_text(content)


def faults(rule: str, settings: dict[str, Any], **names: Any) -> list[str]:
    """Words on what a job would read, of a config with nothing else."""
    nothing = {"scale": "test", "tables": {}, "figures": {}, "claims": {}, "experiments": {}}
    plan = Plan(load(nothing | settings))
    return Places(plan.settings).faults(plan.recipe(rule, **names))


def of_prompts(**files: str) -> list[str]:
    block = {
        "kind": "rejection_sampling",
        "seeds": [0],
        "files": {"train": "train.jsonl", "test": "test.jsonl"} | files,
        "base": "tiny",
        "sampling": DRAWN,
        "verifiers": {"likely": {"kind": "perplexity", "highest": 2}},
        "reference": "likely",
        "selections": {"likely": {"verifier": "likely", "n": 2}},
        "training": {"steps": 1},
        "evaluation": DRAWN,
    }
    settings = {"experiments": {"mine": block}, "base_models": {"tiny": RANDOM}}
    return faults("draw_prompts", settings, experiment="mine", split="train")


def of_corpus(**corpus: Any) -> list[str]:
    return faults("prepare_corpus", {"corpora": {"mine": corpus}}, corpus="mine")


def of_model(**source: Any) -> list[str]:
    return faults("import_model", {"base_models": {"big": source}}, base_model="big")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("none.jsonl", f"there is no such file; {FIX}"),
        ("train.jsonl/x.csv", f"there is no such file; {FIX}"),
        ("data", "is a folder; name a file in it"),
        ("notes", "ends in none of .parquet, .jsonl, .ndjson, .csv, .tsv; convert it, or rename it to its kind"),
        (
            "https://example.org/a.csv",
            "is an address (https), and files of this machine are read: download it, and give",
        ),
        ("s3://bucket/a.jsonl", "is an address (s3)"),
        ("hf://datasets/a/b/c.jsonl", "is an address (hf)"),
        ("file:///data/a.csv", "is an address (file): write the path alone, /data/a.csv"),
        ("~/a.csv", "~ is read by shells alone: write /home/her/a.csv"),
        ("~nobody_of_this_name/a.csv", "~ is read by shells alone: write the whole path"),
        ("$DATA/none.csv", "variables are read by shells alone: write data/none.csv"),
        ("t*.jsonl", "is read as one name and no pattern: list the files, test.jsonl, train.jsonl"),
        ("a {1}.csv", "Snakemake takes names in braces for wildcards"),
        ("none {1}.csv", f"there is no such file; {FIX}"),
        ("x" * 300 + ".csv", "cannot be looked at: File name too long"),
        ("a\0.csv", "cannot be looked at: embedded null byte"),
    ],
)
def test_a_file_of_prompts_that_is_none_is_told_with_its_key(path: str, words: str) -> None:
    (told,) = of_prompts(test=path)
    assert told.startswith(f"experiments.mine.files.test: {path!r}: {words}"), told


def test_what_is_there_is_no_fault() -> None:
    assert of_prompts() == of_prompts(train="more.csv.gz") == []
    assert of_corpus(files=["data/part.jsonl", "train.jsonl"]) == of_corpus(hub="data") == []
    assert of_corpus(hub="owner/name") == of_corpus(hub="name") == []
    assert of_model(folder="whole") == of_model(folder="whole/") == of_model(**RANDOM) == []
    assert of_model(hub={"id": "owner/name", "revision": "main"}) == []


def test_every_key_of_a_path_is_named_and_every_path_is_told() -> None:
    assert of_prompts(train="none.csv", test="none.csv") == [
        f"experiments.mine.files.train, experiments.mine.files.test: 'none.csv': there is no such file; {FIX}"
    ]
    first, second = of_corpus(files=["data/none.csv", "train.jsonl", "~/b.csv"])
    assert first.startswith("corpora.mine.files.0: 'data/none.csv': there is no such file")
    assert second.startswith("corpora.mine.files.2: '~/b.csv': ~ is read by shells alone")


def test_what_no_job_reads_may_be_missing() -> None:
    corpora = {"mine": {"files": ["train.jsonl"]}, "other": {"files": ["none.csv"]}, "third": {"hub": "./none"}}
    settings = {"corpora": corpora, "base_models": {"big": {"folder": "none"}}}
    assert faults("prepare_corpus", settings, corpus="mine") == []


@pytest.mark.parametrize(
    ("hub", "words"),
    [
        ("./none", "there is no such folder, and an id of the hub is a name, or OWNER/NAME"),
        ("mine/data/none", "there is no such folder, and an id"),
        ("~/data", "~ is read by shells alone: write /home/her/data"),
        ("hf://datasets/owner/name", "is an address (hf)"),
        ("train.jsonl", "is a file; give it as files"),
        ("empty", "holds no file; correct the folder"),
    ],
)
def test_a_data_set_that_is_neither_an_id_nor_a_folder(hub: str, words: str) -> None:
    (told,) = of_corpus(hub=hub)
    assert told.startswith(f"corpora.mine.hub: {hub!r}: {words}"), told


def test_braces_within_a_folder_are_told_with_the_folders_key() -> None:
    Path("data/{b}.jsonl").write_text("{}")
    (told,) = of_corpus(hub="data")
    assert told.startswith("corpora.mine.hub: 'data/{b}.jsonl': Snakemake takes names in braces for wildcards")


def _none(name: str) -> None:
    pass


def _file(name: str) -> None:
    Path(name).write_text("")


def _nothing(name: str) -> None:
    Path(name).mkdir()


def _inside(name: str) -> None:
    model(f"{name}/snapshots/ab12")


def _adapter(name: str) -> None:
    model(name)
    Path(name, "adapter_config.json").write_text("{}")


def _pickle(name: str) -> None:
    model(name, but="model.safetensors")
    Path(name, "pytorch_model.bin").write_text("")


def _a_part_of_two(name: str) -> None:
    model(name)
    index = {"weight_map": {"a": "model.safetensors", "b": "model-00002-of-00002.safetensors"}}
    Path(name, "model.safetensors.index.json").write_text(json.dumps(index))


def _pointer(name: str) -> None:
    model(name)
    Path(name, "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_none, f"there is no such folder; {FIX}"),
        (_file, "is a file; give a model's file as file, or the folder that it lies in"),
        (_nothing, "holds no config.json; give a folder in the format of transformers"),
        (lambda name: model(name, but="config.json"), "holds no config.json; give"),
        (_inside, "holds no config.json; models/big/snapshots/ab12 does; give"),
        (lambda name: model(name, but="model.safetensors"), "holds no weights (*.safetensors); save the model"),
        (_pickle, "holds no weights (*.safetensors), and pytorch_model.bin is not read, as it may run code; save"),
        (_a_part_of_two, "model.safetensors.index.json names model-00002-of-00002.safetensors, which is not there"),
        (_pointer, "model.safetensors is a pointer of git lfs and no file of weights; fetch it"),
        (lambda name: model(name, but="tokenizer.json"), "holds no tokenizer (tokenizer.json); save it there"),
        (_adapter, "holds an adapter (adapter_config.json), which is no model of its own: merge it"),
    ],
)
def test_a_folder_that_holds_no_whole_model(make: Callable[[str], None], words: str) -> None:
    Path("models").mkdir()
    make("models/big")
    (told,) = of_model(folder="models/big")
    assert told.startswith(f"base_models.big.folder: 'models/big': {words}"), told


@pytest.mark.parametrize("kept", ["vocab.json", "tokenizer.model", "vocab.txt", "spiece.model", "qwen.tiktoken"])
def test_tokenizers_of_all_formats_are_seen(kept: str) -> None:
    model("other", but="tokenizer.json")
    Path("other", kept).write_text("")
    assert of_model(folder="other") == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("./none", "an id of the hub is a name, or OWNER/NAME; give a folder of this machine as folder"),
        ("../models/big", "an id of the hub is a name, or OWNER/NAME; give a folder"),
        ("/models/big", "an id of the hub is a name, or OWNER/NAME; give a folder"),
        ("~/big", "~ is read by shells alone: write /home/her/big; an id of the hub is a name"),
        ("https://huggingface.co/owner/name", "is an address (https)"),
        ("whole", "is a folder here, which would be read in place of the hub's model; give it as folder"),
        ("./whole", "is a folder; give it as folder"),
    ],
)
def test_an_id_of_the_hub_that_is_none(name: str, words: str) -> None:
    (told,) = of_model(hub={"id": name, "revision": "main"})
    assert told.startswith(f"base_models.big.hub.id: {name!r}: {words}"), told


def test_a_file_of_a_model_that_is_none() -> None:
    (told,) = of_model(file="none.gguf")
    assert told == f"base_models.big.file: 'none.gguf': there is no such file; {FIX}"
    Path("a.gguf").mkdir()
    (told,) = of_model(file="a.gguf")
    assert told == "base_models.big.file: 'a.gguf': is a folder; give it as folder, or name a file in it"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told() -> None:
    Path("train.jsonl").chmod(0)
    (told,) = of_prompts()
    assert told.startswith("experiments.mine.files.train: 'train.jsonl': may not be read by you")


def test_a_pipe_is_no_file_of_prompts() -> None:
    os.mkfifo("pipe.csv")
    (told,) = of_prompts(train="pipe.csv")
    assert "is no ordinary file, and it is read more than once" in told
