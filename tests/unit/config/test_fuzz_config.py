"""Any config is refused with an error that names a key, or gives a plan whose every job can read its spec."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import partial
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
from uncollapse.experiments.rejection_sampling.settings import BASE as BASE_ARM
from uncollapse.experiments.rejection_sampling.settings import VERIFIERS, StudentTrainingSettings
from uncollapse.experiments.text.settings import TextDataSettings, TextSampleSettings
from uncollapse.language.settings import FineTuningSettings, SamplingSettings
from uncollapse.models.settings import ModelSettings
from uncollapse.planning.plan import Plan
from uncollapse.planning.recipe import Recipe
from uncollapse.pretraining.settings import InstructionSettings, PassageSettings, TokenizerSettings
from uncollapse.pretraining.writing_settings import SynthesisSettings, WritingSettings
from uncollapse.selection.settings import DatasetSettings
from uncollapse.selection.text_settings import TextDatasetSettings
from uncollapse.settings.finding import load_plugin
from uncollapse.tasks.splits import SPLITS
from uncollapse.training.member_settings import MemberTrainingSettings
from uncollapse.training.settings import TrainingSettings
from uncollapse.verifiers.finding import load_verifier

ROOT = Path(__file__).parents[3]
BASE = yaml.safe_load((ROOT / "config.yaml").read_text())
Location = tuple[str, ...]
PRODUCTS = {
    "make_table": ("tables", "table"),
    "draw_figure": ("figures", "figure"),
    "check_claims": ("claims", "group"),
}


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


def _sequence_jobs(plan: Plan, name: str, models: list[Model]) -> list[Recipe]:
    """Every kind of job of a sequence experiment, each spec read as its stage does."""
    experiment, make = plan.settings.experiments[name], partial(plan.recipe, experiment=name)
    task = load_plugin(experiment.task.model_dump()["name"], package="tasks")
    jobs = [make("sample", split=split) for split in SPLITS]
    for job in jobs:
        task.Settings(**job.spec["task"])
        assert job.spec["count"] >= 1
    for model in models:
        jobs.append(make("train", model=model.name))
        ModelSettings(**jobs[-1].spec["model"])
        TrainingSettings(**jobs[-1].spec["training"])
        ComputeSettings(**jobs[-1].spec["compute"])
    for decoding in experiment.decodings:
        jobs += [_labelled(plan, name, decoding), make("evaluate", model=models[0].name, decoding=decoding)]
        assert 1 <= jobs[-2].spec["prompts"] <= experiment.sample.synthesize
    for job, kind in _judged(plan, name):
        jobs.append(job)
        load_verifier(kind, of="sequences").Settings(**job.spec["verifier"])
    for dataset in (GENERATOR_DATASET, *experiment.datasets):
        jobs += [make("select", dataset=dataset), make("proxy", dataset=dataset), make("compare_kept", dataset=dataset)]
        for job in jobs[-3:]:
            chosen = DatasetSettings(**job.spec["dataset"])
            assert chosen.size is None or chosen.size <= job.spec["available"]
        assert ("truth" in jobs[-2].inputs) == (chosen.decoding is not None)
    return jobs


def _text_jobs(plan: Plan, name: str, models: list[Model]) -> list[Recipe]:
    """Every kind of job of a text experiment, each spec read as its stage does."""
    experiment, make = plan.settings.experiments[name], partial(plan.recipe, experiment=name)
    jobs = [make("sample", split=split) for split in SPLITS]
    for job in jobs:
        TextDataSettings(**job.spec["data"] | {"corpus": "any"})
        TextSampleSettings(**job.spec["sample"])
    for model in models:
        jobs.append(make("train", model=model.name))
        FineTuningSettings(**jobs[-1].spec["training"])
        (initial,) = jobs[-1].inputs["initial"]
        assert initial.startswith(f"{plan.root}/base_models/")
    for decoding in experiment.decodings:
        jobs += [_labelled(plan, name, decoding), make("evaluate", model=models[0].name, decoding=decoding)]
        SamplingSettings(**jobs[-2].spec["sampling"])
    for job, kind in _judged(plan, name):
        jobs.append(job)
        load_verifier(kind, of="texts").Settings(**job.spec["verifier"])
    for dataset in (GENERATOR_DATASET, *experiment.datasets):
        jobs += [make("select", dataset=dataset), make("proxy", dataset=dataset)]
        for job in jobs[-2:]:
            chosen = TextDatasetSettings(**job.spec["dataset"])
        assert ("truth" in jobs[-1].inputs) == (chosen.decoding is not None)
    return [*jobs, make("evaluate_baselines"), make("pick_examples")]


def _labelled(plan: Plan, name: str, decoding: str) -> Recipe:
    """The first shard of the labelling generator's candidates."""
    return plan.recipe("label", **_first_shard(plan, name, decoding), split="synthesize")


def _judged(plan: Plan, name: str) -> Iterator[tuple[Recipe, str]]:
    """The verdicts of every verifier on a first shard, and the verifier's kind."""
    experiment = plan.settings.experiments[name]
    written = _first_shard(plan, name, next(iter(experiment.decodings)))
    for verifier in experiment.verifiers:
        job = plan.recipe("verify", **written, verifier=verifier)
        yield job, job.spec["verifier"]["kind"]


def _first_shard(plan: Plan, name: str, decoding: str) -> dict[str, Any]:
    experiment = plan.settings.experiments[name]
    shards = len(experiment.shards_of("synthesize"))
    model = experiment.labeller().name
    return {"experiment": name, "model": model, "decoding": decoding, "shard": 1, "shards": shards}


def _pretraining_jobs(plan: Plan, name: str, models: list[Model]) -> list[Recipe]:
    """Every kind of job of a pretraining experiment, each spec read as its stage does."""
    experiment, make = plan.settings.experiments[name], partial(plan.recipe, experiment=name)
    jobs = [make("cut_passages"), make("train_tokenizer")]
    PassageSettings(**jobs[0].spec["data"])
    TokenizerSettings(**jobs[1].spec["tokenizer"])
    assert jobs[0].inputs
    jobs += [make("encode_passages", split=split) for split in SPLITS if split != "synthesize"]
    if experiment.instructions is not None:
        jobs.append(make("encode_instructions"))
        InstructionSettings(**jobs[-1].spec["instructions"])
        assert jobs[-1].inputs.keys() == {"corpus", "tokenizer"}
    if experiment.synthesis is not None:
        jobs.append(make("compare_synthesis"))
        SynthesisSettings(**jobs[-1].spec["synthesis"])
        assert jobs[-1].inputs.keys() == {"passages", "model"}
    for model in models:
        jobs.append(make("train", model=model.name))
        TrainingSettings(**jobs[-1].spec["training"])
        jobs.append(make("measure_perplexity", model=model.name))
        (measured,) = jobs[-1].inputs["model"]
        assert measured.startswith(f"{plan.root}/{name}/")
        if experiment.has_tasks(model):
            jobs.append(make("evaluate_tasks", model=model.name))
    for dataset, chosen in experiment.datasets.items():
        jobs.append(make("select", dataset=dataset))
        assert jobs[-1].inputs
        if chosen.written_by is not None:
            jobs.append(make("write_texts", writer=chosen.written_by, how=chosen.how, corpus=chosen.corpus))
            WritingSettings(**jobs[-1].spec["writing"])
            assert jobs[-1].inputs.keys() == {"passages", "model", "tokenizer"}
        if chosen.generator is not None:
            jobs.append(make("sample_texts", writer=f"{chosen.generator}_{chosen.generator_dataset}"))
    for edit, chosen in experiment.edits.items():
        for generation in range(1, chosen.generations + 1):
            jobs.append(make("edit_texts", edit=edit, generation=generation))
            EditSettings(**jobs[-1].spec["editing"])
            assert "prior" in jobs[-1].inputs
    for diagnostic in experiment.diagnostics.names if experiment.diagnostics else ():
        jobs.append(make("diagnose_texts", diagnostic=diagnostic))
        assert jobs[-1].inputs
    return jobs


def _rounds_jobs(plan: Plan, name: str, models: list[Model]) -> list[Recipe]:
    """Every kind of job of an experiment in rounds, for the last round of each run."""
    experiment, make = plan.settings.experiments[name], partial(plan.recipe, experiment=name)
    jobs = [make(rule, course=course) for course in experiment.courses for rule in ("ask_start", "ask_test")]
    last = {run.name: run.rounds for run in experiment.every_run()}
    for run, number in [*((course, 0) for course in experiment.courses), *last.items()]:
        course = experiment.courses[run if number == 0 else experiment.run(run, number).settings.course]
        if course.pretrained is None:
            trained = [make("train_members", run=run, round=number)]
            MemberTrainingSettings(**trained[0].spec["training"])
        else:
            trained = [make("fine_tune_member", run=run, round=number, seed=seed) for seed in experiment.seeds]
            FineTuningSettings(**trained[0].spec["training"])
        assert all(len(job.inputs.get("labels", [])) == number for job in trained)
        tested = make("test_members", run=run, round=number)
        assert len(tested.inputs["members"]) == len(trained)
        jobs += [*trained, tested]
        if number:
            jobs += [make(rule, run=run, round=number) for rule in ("ask_round", "filter_answers")]
            jobs.append(make("answer_questions", run=run, round=number, shard=1, shards=experiment.shards))
            assert jobs[-2].inputs.keys() == {"questions", "answers"}
    return jobs


def _generations_jobs(plan: Plan, name: str, models: list[Model]) -> list[Recipe]:
    """Every kind of job of an experiment over generations, for the last generation of each run."""
    experiment, make = plan.settings.experiments[name], partial(plan.recipe, experiment=name)
    jobs = []
    for learner in experiment.used_learners():
        jobs += [make(rule, learner=learner) for rule in ("read_rows", "measure_real")]
    for writer in experiment.first_writers():
        jobs.append(make("write_generation", writer=writer, generation=0, shard=1, shards=experiment.shards))
    for run in experiment.every_run():
        names = {"run": run.name, "generation": run.generations, "shard": 1, "shards": experiment.shards}
        jobs += [make(rule, **names) for rule in ("measure_generation", "fit_generation")]
        assert len(jobs[-1].inputs["written"]) == len(jobs[-1].spec["origins"])
        if run.verification is not None:
            jobs.append(make("verify_generation", **names | {"generation": 0}))
            jobs.append(make("learn_verifier", verifier=run.verification.truth, learner=run.learner))
    return jobs


def _rejection_sampling_jobs(plan: Plan, name: str, models: list[Model]) -> list[Recipe]:
    """Every kind of job of an experiment in rejection sampling, for the last round."""
    experiment, make = plan.settings.experiments[name], partial(plan.recipe, experiment=name)
    jobs = [make("draw_prompts", split=split) for split in ("train", "test")]
    last = {"round": experiment.rounds, "shard": 1, "shards": experiment.shards}
    jobs.append(make("sample_candidates", **last))
    SamplingSettings(**jobs[-1].spec["sampling"])
    for verifier, one in experiment.verifiers.items():
        jobs.append(make("verify_candidates", verifier=verifier, **last))
        load_plugin(one.kind, package=VERIFIERS).Settings(**jobs[-1].spec["verifier"])
    for selection in experiment.selections:
        jobs.append(make("audit_selection", selection=selection))
        assert len(jobs[-1].inputs["truth"]) == experiment.rounds * experiment.shards
    for selection, arm, seed in experiment.students():
        student = {"selection": selection, "arm": arm, "seed": seed}
        jobs += [make("select_candidates", **student), make("fine_tune_student", **student)]
        assert 0 <= jobs[-2].spec["place"] < jobs[-2].spec["parts"]
        StudentTrainingSettings(**jobs[-1].spec["training"])
    for selection, arm, seed in experiment.tested():
        student = {"selection": selection, "arm": arm, "seed": seed}
        jobs += [make(rule, **student) for rule in ("answer_test_prompts", "score_answers")]
        assert ("changed" in jobs[-2].inputs) == (arm != BASE_ARM)
    return jobs


JOBS = {
    "sequence": _sequence_jobs,
    "text": _text_jobs,
    "pretraining": _pretraining_jobs,
    "rounds": _rounds_jobs,
    "generations": _generations_jobs,
    "rejection_sampling": _rejection_sampling_jobs,
}


def _models(experiment: Any) -> list[Model]:
    """Every model that an experiment trains."""
    of_kind = {
        "sequence": ("generators", "students", "grouped"),
        "text": ("generators", "students", "further"),
        "pretraining": ("students",),
        "rounds": (),
        "generations": (),
        "rejection_sampling": (),
    }
    return [model for models in of_kind[experiment.kind] for model in getattr(experiment, models)()]


def everything(plan: Plan) -> int:
    """Ask for all that the rules ask for, and read every spec as its stage does; how many specs there are."""
    specs = 0
    for name, experiment in plan.settings.experiments.items():
        models = _models(experiment)
        assert all(Model.parse(model.name) == model for model in models)
        trained = [plan.recipe("train", experiment=name, model=model.name) for model in models]
        for job in trained:
            (given,) = job.inputs["pairs" if "pairs" in job.inputs else "dataset"]
            assert given.startswith(f"{plan.root}/{name}/")
        jobs = JOBS[experiment.kind](plan, name, models)
        assert all(isinstance(job.spec, dict) for job in jobs)
        specs += len(jobs)
        paths = [job.outputs["weights"] for job in trained]
        assert len(set(paths)) == len(paths), "two models would share a file"
        evaluated = list(experiment.evaluated()) if hasattr(experiment, "evaluated") else models
        assert len(set(evaluated)) == len(evaluated), "an evaluation would count twice"
    for rule, (kind, wildcard) in PRODUCTS.items():
        for product in plan.products.of_kind(kind):
            job = plan.recipe(rule, **{wildcard: product})
            assert isinstance(job.spec, dict)
            assert job.inputs or kind != "tables"
            assert all(job.inputs.values())
            specs += 1
    for rule in ("gather_claims", "write_report"):
        assert isinstance(plan.recipe(rule).spec, dict)
    return specs + 1


OUTCOMES: dict[str, int] = {"refused": 0, "planned": 0}


@settings(max_examples=240)
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
        assert everything(Plan(found)) > 0
    assert repr(config) == before, "the config that was given has been changed"
    for problem in message.split("\n")[1:]:
        assert re.match(r"  - \S.*: .{10,}", problem), message


def test_both_ends_were_reached() -> None:
    """Otherwise the test above would prove little."""
    if not sum(OUTCOMES.values()):
        pytest.skip("needs the test above")
    assert OUTCOMES["refused"] > 140
    assert OUTCOMES["planned"] > 11
