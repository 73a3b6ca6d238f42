"""Any config is refused with an error that names a key, or gives a plan whose every job can read its spec."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from uncollapse.artifacts.model_names import GENERATOR_DATASET, Model
from uncollapse.compute.settings import ComputeSettings
from uncollapse.config.load import load
from uncollapse.editing.settings import EditSettings
from uncollapse.errors import ConfigError
from uncollapse.experiments.text.settings import TextDataSettings, TextSampleSettings
from uncollapse.language.settings import FineTuningSettings, SamplingSettings
from uncollapse.models.settings import ModelSettings
from uncollapse.planning import PRODUCT_STAGES
from uncollapse.planning.plan import Plan
from uncollapse.pretraining.settings import (
    InstructionSettings,
    PassageSettings,
    TokenizerSettings,
)
from uncollapse.pretraining.writing_settings import SynthesisSettings, WritingSettings
from uncollapse.selection.settings import DatasetSettings
from uncollapse.selection.text_settings import TextDatasetSettings
from uncollapse.settings.finding import load_plugin
from uncollapse.tasks.splits import SPLITS
from uncollapse.training.settings import TrainingSettings
from uncollapse.verifiers.finding import load_verifier

ROOT = Path(__file__).parents[3]
BASE = yaml.safe_load((ROOT / "config.yaml").read_text())
Location = tuple[str, ...]


def _locations(part: Any, before: Location = ()) -> list[Location]:
    """Every key of a config, from the root."""
    if not isinstance(part, dict):
        return []
    return [found for key, value in part.items() for found in [(*before, key), *_locations(value, (*before, key))]]


LOCATIONS = _locations(BASE)
VALUES = st.one_of(
    st.sampled_from(
        [
            *(None, True, False, 0, 1, -1, 2, 3, 5, 20, 1000, 10**9, 2**63, 2**80, 0.5, 1e-9, 1e90, 1e300, -0.0),
            *(float("inf"), float("-inf"), float("nan"), "", " ", "1", "all", "best", "labels", "random", "correct"),
            *("greedy", "beam5", "oracle", "self", "clean", "train", "generator", "eigenvalues", "perplexity"),
            *("number_encoding", "mine.py", ".py", "../up", "a b", "ä", "x" * 300, "a\nb", "\0.py", "{wild}", "x'y"),
            *([], {}, [0], [0, 0], [1, 2], ["greedy"], ["greedy", "greedy"], [None], [[0]], {"kind": "perplexity"}),
            *({"kind": "perplexity", "highest": 2.0}, {"select": "labels"}, {"beams": 2}, {"experiment": "x"}),
        ]
    ),
    st.integers(-10, 10**6),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.integers(-1, 3), max_size=3),
)
KEYS = st.one_of(
    st.sampled_from(["size", "beams", "a", "B", "0", "a-b", "a.b", "generator", "train", "clean", "test", "x" * 200]),
    st.text(min_size=1, max_size=6),
)


def _change(config: dict[str, Any], location: Location, how: str, key: str, value: Any) -> None:
    """Set, remove, or double an entry; nothing where an earlier change took the place away."""
    part: Any = config
    for name in location[:-1]:
        part = part.get(name) if isinstance(part, dict) else None
    if not isinstance(part, dict):
        return
    if how == "set":
        part[location[-1]] = value
    elif how == "remove":
        part.pop(location[-1], None)
    elif how == "double" and location[-1] in part:
        part[key] = copy.deepcopy(part[location[-1]])
    elif how == "into" and isinstance(part.get(location[-1]), dict):
        part[location[-1]][key] = value


CHANGES = st.lists(
    st.tuples(st.sampled_from(LOCATIONS), st.sampled_from(["set", "set", "remove", "double", "into"]), KEYS, VALUES),
    min_size=1,
    max_size=3,
)


def _sequence_specs(plan: Plan, name: str) -> list[str]:
    """Every spec of a sequence experiment, read as its stage does."""
    experiment = plan.settings.experiments[name]
    task = load_plugin(experiment.task.model_dump()["name"], package="tasks")
    specs = []
    for split in SPLITS:
        specs.append(plan.sample_spec(name, split))
        spec = json.loads(specs[-1])
        task.Settings(**spec["task"])
        assert spec["count"] >= 1
    for model in _models(plan, name):
        specs.append(plan.train_spec(name, model.name))
        spec = json.loads(specs[-1])
        ModelSettings(**spec["model"])
        TrainingSettings(**spec["training"])
        ComputeSettings(**spec["compute"])
    for decoding in experiment.decodings:
        specs += [plan.label_spec(name, "synthesize", decoding, 1), plan.evaluate_spec(name, decoding)]
        assert 1 <= json.loads(specs[-2])["prompts"] <= experiment.sample.synthesize
    for verifier in experiment.verifiers:
        specs.append(plan.verify_spec(name, verifier))
        spec = json.loads(specs[-1])["verifier"]
        load_verifier(spec["kind"], of="sequences").Settings(**spec)
    for dataset in (GENERATOR_DATASET, *experiment.datasets):
        specs.append(plan.selection_spec(name, dataset))
        spec = json.loads(specs[-1])
        chosen = DatasetSettings(**spec["dataset"])
        assert chosen.size is None or chosen.size <= spec["available"]
        plan.selection_inputs(name, dataset, with_truth=chosen.decoding is not None)
    return specs


def _text_specs(plan: Plan, name: str) -> list[str]:
    """Every spec of a text experiment, read as its stage does."""
    experiment = plan.settings.experiments[name]
    specs = [plan.sample_spec(name, split) for split in SPLITS]
    for spec in map(json.loads, specs):
        TextDataSettings(**spec["data"] | {"corpus": "any"})
        TextSampleSettings(**spec["sample"])
    for model in [*_models(plan, name), *plan.further(name)]:
        specs.append(plan.train_spec(name, model.name))
        FineTuningSettings(**json.loads(specs[-1])["training"])
        assert plan.training_inputs(name, model.name)["initial"].startswith(f"{plan.root}/base_models/")
    for decoding in experiment.decodings:
        specs += [plan.label_spec(name, "synthesize", decoding, 1), plan.evaluate_spec(name, decoding)]
        SamplingSettings(**json.loads(specs[-2])["sampling"])
    for verifier in experiment.verifiers:
        specs.append(plan.verify_spec(name, verifier))
        spec = json.loads(specs[-1])["verifier"]
        load_verifier(spec["kind"], of="texts").Settings(**spec)
    for dataset in (GENERATOR_DATASET, *experiment.datasets):
        specs.append(plan.selection_spec(name, dataset))
        chosen = TextDatasetSettings(**json.loads(specs[-1])["dataset"])
        plan.selection_inputs(name, dataset, with_truth=chosen.decoding is not None)
    return specs


def _pretraining_specs(plan: Plan, name: str) -> list[str]:
    """Every spec of a pretraining experiment, read as its stage does."""
    experiment, own = plan.settings.experiments[name], plan.pretraining(name)
    specs = [own.passages_spec(name), own.tokenizer_spec(name), own.perplexity_spec(name)]
    PassageSettings(**json.loads(specs[0])["data"])
    TokenizerSettings(**json.loads(specs[1])["tokenizer"])
    assert all(own.passages_inputs(name).values())
    if experiment.instructions is not None:
        specs.append(own.instructions_spec(name))
        InstructionSettings(**json.loads(specs[-1])["instructions"])
        assert all(own.instruction_inputs(name).values())
    if experiment.synthesis is not None:
        specs.append(own.synthesis_spec(name))
        SynthesisSettings(**json.loads(specs[-1])["synthesis"])
        assert all(own.synthesis_inputs(name).values())
    for model in _models(plan, name):
        specs.append(plan.train_spec(name, model.name))
        TrainingSettings(**json.loads(specs[-1])["training"])
        assert own.perplexity_inputs(name, model.name)["model"].startswith(f"{plan.root}/{name}/")
    for dataset in experiment.datasets:
        specs.append(plan.selection_spec(name, dataset))
        assert plan.selection_inputs(name, dataset)
    for chosen in experiment.datasets.values():
        if chosen.written_by is not None:
            written = (chosen.written_by, chosen.how, chosen.corpus)
            specs.append(own.writing_spec(name, *written))
            WritingSettings(**json.loads(specs[-1])["writing"])
            assert all(own.writing_inputs(name, *written).values())
    for edit, chosen in experiment.edits.items():
        for generation in range(1, chosen.generations + 1):
            specs.append(own.edit_spec(name, edit, generation))
            EditSettings(**json.loads(specs[-1])["editing"])
            assert "prior" in own.edit_inputs(name, edit, generation)
    for diagnostic in experiment.diagnostics.names if experiment.diagnostics else ():
        specs.append(own.diagnosis_spec(name, diagnostic))
        assert own.diagnosis_inputs(name, diagnostic)
    return specs


SPECS = {"sequence": _sequence_specs, "text": _text_specs, "pretraining": _pretraining_specs}


def _models(plan: Plan, name: str) -> list[Model]:
    return [*plan.generators(name), *plan.downstream(name), *plan.grouped(name)]


def _everything(plan: Plan) -> int:
    """Ask for all that the rules ask for, and read every spec as its stage does; how many specs there are."""
    specs = 0
    for name, experiment in plan.settings.experiments.items():
        models = _models(plan, name)
        assert all(Model.parse(model.name) == model for model in models)
        for model in models:
            given = plan.training_inputs(name, model.name)
            assert given["pairs" if "pairs" in given else "dataset"].startswith(f"{plan.root}/{name}/")
        specs += len(SPECS[experiment.kind](plan, name))
        paths = [plan.path(name, "models", model.name, ".safetensors") for model in models]
        assert len(set(paths)) == len(paths), "two models would share a file"
        evaluated = list(plan.evaluations(name))
        assert len(set(evaluated)) == len(evaluated), "an evaluation would count twice"
    for kind in PRODUCT_STAGES:
        for product in plan.products(kind):
            json.loads(plan.product_spec(kind, product))
            assert all(plan.product_inputs(kind, product).values()) or kind != "tables"
            specs += 1
    json.loads(plan.report_spec())
    plan.report_inputs()
    return specs + 1


OUTCOMES: dict[str, int] = {"refused": 0, "planned": 0}


@settings(max_examples=700)
@given(changes=CHANGES)
def test_any_config_is_refused_by_name_or_planned_whole(changes: list[tuple[Location, str, str, Any]]) -> None:
    config = copy.deepcopy(BASE)
    for location, how, key, value in changes:
        _change(config, location, how, key, copy.deepcopy(value))
    before = repr(config)
    try:
        found = load(config)
    except ConfigError as error:
        message = str(error)
        OUTCOMES["refused"] += 1
    else:
        message = ""
        OUTCOMES["planned"] += 1
        assert _everything(Plan(found, scripts=ROOT / "scripts")) > 0
    assert repr(config) == before, "the config that was given has been changed"
    for problem in message.split("\n")[1:]:
        assert re.match(r"  - \S.*: .{10,}", problem), message


def test_both_ends_were_reached() -> None:
    """Otherwise the test above would prove little."""
    if not sum(OUTCOMES.values()):
        pytest.skip("needs the test above")
    assert OUTCOMES["refused"] > 300
    assert OUTCOMES["planned"] > 50
