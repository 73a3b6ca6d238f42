"""Text experiments in config: whole and possible, or refused with the file, the key and the fix."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from changed_config import changed

from uncollapse.config.files import read
from uncollapse.config.load import load
from uncollapse.errors import ConfigError
from uncollapse.experiments.sequence.settings import ExperimentSettings
from uncollapse.experiments.text.settings import TextExperimentSettings

ROOT = Path(__file__).parents[3]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
AT = "experiments.summaries"
# further models, which only larger scales have
CONFIG["experiments"]["summaries"]["models"] = {"stronger": {"train_share": 0.5}, "original": {"train_share": 1.0}}
CONFIG["experiments"]["summaries"]["verifiers"]["weak"] = {"kind": "perplexity", "model": "stronger"}


def _changed(key: str, value: Any) -> dict[str, Any]:
    return changed(CONFIG, key, value)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (
            f"{AT}.kind",
            "image",
            "'image' is none of the kinds of experiments (generations, pretraining, rejection_sampling, rounds,"
            " sequence, text)",
        ),
        (f"{AT}.data.corpus", "nwes", "'nwes' is not defined; known: news"),
        (f"{AT}.data.template", "Article: {text}", "template needs {prompt}, once"),
        (f"{AT}.data.answer", "lead", "prompt and answer are both the document's lead"),
        (f"{AT}.data.answer", "summary", "'title', 'lead' or 'text'"),
        (f"{AT}.base", "llama9", "'llama9' is not defined; known: smollm2"),
        (f"{AT}.models.stronger.base", "llama9", "'llama9' is not defined"),
        (f"{AT}.models.stronger.train_share", 1.5, "less than or equal to 1"),
        (f"{AT}.models.generator", {"train_share": 1.0}, "taken by the experiment's own"),
        (f"{AT}.models.oracle_12", {"train_share": 1.0}, "a data set has this name"),
        (f"{AT}.verifiers.weak.model", "strnoger", "known: generator, base, stronger"),
        (f"{AT}.verifiers.weak.kind", "perplexty", "none of the verifiers of texts"),
        (f"{AT}.datasets.oracle_12.verifier", "oracel", "'oracel' is not defined"),
        (f"{AT}.datasets.oracle_12.decoding", "beam", "'beam' is not defined; known: greedy"),
        (f"{AT}.datasets.random_12.share", 0, "greater than 0"),
        (f"{AT}.evaluation.decoding", "beam", "'beam' is not defined"),
        (f"{AT}.evaluation.metrics", ["rouge1", "rouge1"], "all must differ"),
        (f"{AT}.proxy.oracle", "truth", "'truth' is not defined"),
        (f"{AT}.proxy.threshold", "mean", "'median'"),
        (f"{AT}.downstream.datasets", ["oracle_13"], "'oracle_13' is not defined"),
        (f"{AT}.sample.train_share", 0.0, "greater than 0"),
        (f"{AT}.generator.training.epochs", None, "exactly one of steps and epochs"),
        (f"{AT}.task", {"name": "eigenvalues"}, "unknown key"),
        ("experiments.eigenvalues.base", "smollm2", "unknown key"),
        ("base_models.smollm2.folder", "here", "exactly one of package, hub, folder, file and random"),
        (
            "tables.feng2024_figure4.experiment",
            "eigenvalues",
            "is of kind sequence, this is made of experiments of kind text",
        ),
        (
            "tables.feng2024_table1.experiment",
            "summaries",
            "is of kind text, this is made of experiments of kind sequence",
        ),
    ],
)
def test_what_cannot_be_run_is_refused_by_key(key: str, value: Any, words: str, tmp_path: Path) -> None:
    overlay = tmp_path / "mine.yaml"
    nested: Any = value
    for part in reversed(key.split(".")):
        nested = {part: nested}
    overlay.write_text(yaml.safe_dump(nested))
    with pytest.raises(ConfigError) as caught:
        load(_changed(key, value), [ROOT / "config.yaml", overlay])
    lines = [line for line in str(caught.value).splitlines() if words in line]
    assert lines, str(caught.value)
    assert str(overlay) in lines[0]
    shown = key.removesuffix(".template").removesuffix(".answer").removesuffix(".epochs").removesuffix(".folder")
    assert shown in lines[0]


def test_kinds_are_told_apart() -> None:
    found = load(CONFIG).experiments
    assert isinstance(found["eigenvalues"], ExperimentSettings)
    assert isinstance(found["summaries"], TextExperimentSettings)
    assert (found["eigenvalues"].kind, found["summaries"].kind) == ("sequence", "text")


@pytest.mark.parametrize("name", ["summaries", "collapse"])
def test_a_kind_that_is_not_named_is_told_by_the_keys(name: str) -> None:
    changed = copy.deepcopy(CONFIG)
    kind = changed["experiments"][name].pop("kind")
    with pytest.raises(ConfigError) as caught:
        load(changed)
    ours = [line for line in str(caught.value).splitlines() if f"experiments.{name}" in line]
    assert len(ours) == 1
    assert ours[0].endswith(
        f"experiments.{name}.kind: missing, and the keys beside it are those of kind {kind}; add kind: {kind}"
    )


def test_an_ensemble_is_made_of_verifiers_that_are_none() -> None:
    both = {"kind": "ensemble", "members": {"self": 1.0, "weak": 2.0}}
    load(_changed(f"{AT}.verifiers.both", both))
    with pytest.raises(ConfigError, match=r"verifiers\.both\.members\.both"):
        load(_changed(f"{AT}.verifiers.both", {"kind": "ensemble", "members": {"both": 1.0}}))


def test_null_removes_a_further_model() -> None:
    found = load(_changed(f"{AT}.models.original", None)).experiments["summaries"]
    assert list(found.models) == ["stronger"]


def test_an_experiment_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(ConfigError, match="an experiment is a mapping"):
        load(_changed(AT, "all of it"))


def test_the_papers_scale_has_the_papers_recipe() -> None:
    """Appendix C: batch 32, block 1024, one epoch, 5e-5 cosine for the generator, 2e-5 constant for students."""
    settings = read(ROOT / "config.yaml", [ROOT / "scales/paper.yaml"])
    found = settings.experiments["summaries"]
    assert isinstance(found, TextExperimentSettings)
    generator, student = found.generator.training, found.downstream.training
    for training in (generator, student):
        assert training.batch_size * training.gradient_accumulation == 32
        assert (training.block, training.epochs, training.loss, training.lora) == (1024, 1, "whole", None)
    assert (generator.learning_rate, generator.schedule) == (5e-5, "cosine")
    assert (student.learning_rate, student.schedule) == (2e-5, "constant")
    assert settings.base_models[found.base].hub.id == "meta-llama/Llama-2-7b-hf"  # type: ignore[union-attr]
    assert settings.corpora[found.data.corpus].hub == "csebuetnlp/xlsum"
    assert {dataset.share for dataset in found.datasets.values()} == {0.125, 0.25, 0.5}
    assert found.sample.train_share == 0.125
