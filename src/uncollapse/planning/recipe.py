"""How each artifact of a plan is to be made: stage, code, spec and inputs, found from its path.

The rules in workflow/ say the same to Snakemake; a test holds every recipe against what a run wrote beside its
artifacts.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uncollapse.artifacts.model_names import GENERATOR, Model
from uncollapse.planning import PRODUCT_STAGES, Plan
from uncollapse.tasks.splits import SPLITS

Inputs = Mapping[str, str | list[str]]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One job: ``code`` and ``spec`` as the stage is given them, ``inputs`` as paths by name.

    ``keys`` names the part of config that each part of the spec is taken from.
    """

    stage: str
    code: list[str]
    spec: dict[str, Any]
    inputs: dict[str, list[str]]
    keys: dict[str, str] = field(default_factory=dict)


def recipe_of(plan: Plan, path: str | Path) -> Recipe | None:
    """How ``path`` is made by this plan; None where the plan makes no such file."""
    root, path = f"{plan.root}/", str(path)
    if not path.startswith(root):
        return None
    for pattern, build in _PATTERNS:
        found = re.fullmatch(pattern, path.removeprefix(root))
        if found is None:
            continue
        try:
            return build(plan, **found.groupdict())
        except KeyError:  # a name that this config does not have
            return None
    return None


def _recipe(stage: str, code: list[str], spec: str, inputs: Inputs, **keys: str) -> Recipe:
    named = {name: [paths] if isinstance(paths, str) else list(paths) for name, paths in inputs.items()}
    named = {name: paths for name, paths in named.items() if paths}
    return Recipe(stage=stage, code=code, spec=json.loads(spec), inputs=named, keys=keys)


def _package(plan: Plan, file: str) -> Recipe:
    return _recipe("fetch_package", [], plan.package_spec(file), {})


def _corpus(plan: Plan, corpus: str) -> Recipe:
    code, spec = plan.corpus_code(corpus), plan.corpus_spec(corpus)
    return _recipe("prepare_corpus", code, spec, plan.corpus_inputs(corpus), settings=f"corpora.{corpus}")


def _base_model(plan: Plan, base_model: str) -> Recipe:
    code, spec = plan.base_model_code(), plan.base_model_spec(base_model)
    return _recipe("import_model", code, spec, plan.base_model_inputs(base_model), settings=f"base_models.{base_model}")


def _sample(plan: Plan, experiment: str, split: str) -> Recipe:
    at, spec = f"experiments.{experiment}", plan.sample_spec(experiment, split)
    keys = {"task": f"{at}.task", "count": f"{at}.sample.{split}", "seed": f"{at}.sample.seed"}
    keys |= {"data": f"{at}.data", "sample": f"{at}.sample"}
    inputs = plan.sample_inputs(experiment, split)
    return _recipe(plan.script("sample", experiment), plan.code("sample", experiment), spec, inputs, **keys)


def _pretrain(plan: Plan, experiment: str, model: str) -> Recipe:
    mine, at = plan.pretraining(experiment), f"experiments.{experiment}"
    name, _ = mine.parts_of(experiment, Model.parse(model))
    keys = {key: f"{at}.models.{name}.{key}" for key in ("architecture", "training")} | {"compute": f"{at}.compute"}
    code, spec = plan.code("train", experiment), plan.train_spec(experiment, model)
    return _recipe(plan.script("train", experiment), code, spec, plan.training_inputs(experiment, model), **keys)


def _train(plan: Plan, experiment: str, model: str) -> Recipe:
    if plan.experiment(experiment).kind == "pretraining":
        return _pretrain(plan, experiment, model)
    at, parsed = f"experiments.{experiment}", Model.parse(model)
    part = f"groups.{parsed.group}" if parsed.group else "generator" if parsed.role == GENERATOR else "downstream"
    if parsed in plan.further(experiment):
        part = f"models.{parsed.dataset}"
    own = part != "generator" and getattr(plan.trained(experiment, parsed), "model", None) is not None
    keys = {
        "task": f"{at}.task",
        "compute": f"{at}.compute",
        "training": f"{at}.{part}.training",
        "model": f"{at}.{part if own else 'generator'}.model",
        "validation": f"{at}.proxy",
    }
    inputs = plan.training_inputs(experiment, model)
    code, spec = plan.code("train", experiment), plan.train_spec(experiment, model)
    return _recipe(plan.script("train", experiment), code, spec, inputs, **keys)


def _label(plan: Plan, experiment: str, model: str, split: str, decoding: str, shard: str, shards: str) -> Recipe:
    if int(shards) != plan.shards(experiment, split):
        raise KeyError(shards)
    at, spec = f"experiments.{experiment}", plan.label_spec(experiment, split, decoding, int(shard))
    prompts = f"decodings.{decoding}.prompts" if split == "synthesize" else f"sample.{split}"
    keys = {"beams": f"{at}.decodings.{decoding}.beams", "prompts": f"{at}.{prompts}", "shards": f"{at}.shards"}
    keys |= {"task": f"{at}.task", "compute": f"{at}.compute"}
    keys |= {"sampling": f"{at}.decodings.{decoding}", "engine": f"{at}.engine"}
    inputs = {
        "prompts": plan.path(experiment, "prompts", split),
        "weights": plan.path(experiment, "models", model, ".safetensors"),
    }
    return _recipe(plan.script("label", experiment), plan.code("label", experiment), spec, inputs, **keys)


def _verify(plan: Plan, experiment: str, model: str, decoding: str, verifier: str, shard: str, shards: str) -> Recipe:
    at, code = f"experiments.{experiment}", plan.code("verify", experiment, verifier=verifier)
    inputs = plan.verifier_inputs(experiment, verifier, decoding) | {
        "prompts": plan.path(experiment, "prompts", "synthesize"),
        "candidates": plan.path(experiment, "candidates", f"{model}.synthesize.{decoding}.{shard}of{shards}"),
    }
    keys = {"task": f"{at}.task", "verifier": f"{at}.verifiers.{verifier}", "engine": f"{at}.engine"}
    return _recipe(plan.script("verify", experiment), code, plan.verify_spec(experiment, verifier), inputs, **keys)


def _dataset(plan: Plan, experiment: str, dataset: str, stage: str = "select_data") -> Recipe:
    spec, proxy = plan.selection_spec(experiment, dataset), stage == "estimate_proxy"
    if proxy:
        spec = plan.proxy_spec(experiment, dataset)
    inputs = plan.selection_inputs(experiment, dataset, with_truth=proxy)
    at = f"experiments.{experiment}"
    keys = {"task": f"{at}.task", "dataset": f"{at}.datasets.{dataset}"}
    keys |= {name: f"{at}.datasets.{dataset}.{name}" for name in ("part", "select")}
    keys |= {"tokens": f"{at}.tokens", "machine": f"{at}.data.machine", "compute": f"{at}.compute"}
    keys |= {name: f"{at}.proxy.{name}" for name in ("resamples", "threshold", "thresholds")}
    return _recipe(plan.script(stage, experiment), plan.code(stage, experiment), spec, inputs, **keys)


def _evaluate(plan: Plan, experiment: str, model: str, decoding: str) -> Recipe:
    at, spec = f"experiments.{experiment}", plan.evaluate_spec(experiment, decoding)
    inputs = {
        "prompts": plan.path(experiment, "prompts", "test"),
        "candidates": plan.candidates(experiment, Model.parse(model), "test", decoding),
    }
    keys = {"task": f"{at}.task", "tolerances": f"{at}.evaluation.tolerances"}
    keys |= {"beams": f"{at}.decodings.{decoding}.beams", "metrics": f"{at}.evaluation.metrics"}
    stage = "evaluate_model"
    return _recipe(plan.script(stage, experiment), plan.code(stage, experiment), spec, inputs, **keys)


def _baselines(plan: Plan, experiment: str) -> Recipe:
    text, evaluation = plan.text(experiment), f"experiments.{experiment}.evaluation"
    keys = {"metrics": f"{evaluation}.metrics", "lead_words": f"{evaluation}.lead_words"}
    keys |= {"template": f"experiments.{experiment}.data.template"}
    stage, spec = "evaluate_baselines_text", text.baselines_spec(experiment)
    return _recipe(stage, plan.code(stage, experiment), spec, text.baselines_inputs(experiment), **keys)


def _examples(plan: Plan, experiment: str) -> Recipe:
    text, stage = plan.text(experiment), "pick_examples_text"
    spec, metric = text.examples_spec(experiment), f"experiments.{experiment}.evaluation.metrics"
    return _recipe(stage, plan.code(stage, experiment), spec, text.examples_inputs(experiment), metric=metric)


def _passages(plan: Plan, experiment: str) -> Recipe:
    mine, stage = plan.pretraining(experiment), "cut_passages"
    inputs, spec = mine.passages_inputs(experiment), mine.passages_spec(experiment)
    return _recipe(stage, plan.code(stage, experiment), spec, inputs, data=f"experiments.{experiment}.data")


def _instructions(plan: Plan, experiment: str) -> Recipe:
    mine, stage, key = plan.pretraining(experiment), "encode_instructions", f"experiments.{experiment}.instructions"
    inputs, spec = mine.instruction_inputs(experiment), mine.instructions_spec(experiment)
    return _recipe(stage, plan.code(stage, experiment), spec, inputs, instructions=key)


def _synthesis(plan: Plan, experiment: str) -> Recipe:
    mine, stage, at = plan.pretraining(experiment), "compare_synthesis", f"experiments.{experiment}"
    inputs, spec = mine.synthesis_inputs(experiment), mine.synthesis_spec(experiment)
    keys = {"synthesis": f"{at}.synthesis", "compute": f"{at}.compute"}
    return _recipe(stage, plan.code(stage, experiment), spec, inputs, **keys)


def _tokenizer(plan: Plan, experiment: str) -> Recipe:
    mine, stage = plan.pretraining(experiment), "train_tokenizer"
    inputs, key = {"passages": mine.passages(experiment, "train")}, f"experiments.{experiment}.tokenizer"
    return _recipe(stage, plan.code(stage, experiment), mine.tokenizer_spec(experiment), inputs, tokenizer=key)


def _tokens(plan: Plan, experiment: str, split: str) -> Recipe:
    mine, stage = plan.pretraining(experiment), "encode_passages"
    inputs = {"passages": mine.passages(experiment, split), "tokenizer": mine.tokenizer(experiment)}
    return _recipe(stage, plan.code(stage, experiment), "{}", inputs)


def _samples(plan: Plan, experiment: str, writer: str) -> Recipe:
    mine, stage, at = plan.pretraining(experiment), "sample_texts", f"experiments.{experiment}"
    keys = {key: f"{at}.{key}" for key in ("tokens", "sampling", "compute")}
    inputs, spec = mine.samples_inputs(experiment, writer), mine.samples_spec(experiment, writer)
    return _recipe(stage, plan.code(stage, experiment), spec, inputs, **keys)


def _written(plan: Plan, experiment: str, writer: str, how: str, corpus: str) -> Recipe:
    mine, stage, at = plan.pretraining(experiment), "write_texts", f"experiments.{experiment}"
    keys = {"tokens": f"{at}.tokens", "writing": f"{at}.writing", "engine": f"{at}.compute"}
    keys |= dict.fromkeys(("corpus", "how"), f"{at}.datasets")
    inputs = mine.writing_inputs(experiment, writer, how, corpus)
    spec = mine.writing_spec(experiment, writer, how, corpus)
    return _recipe(stage, plan.code(stage, experiment), spec, inputs, **keys)


def _task_items(plan: Plan, experiment: str, task: str) -> Recipe:
    mine, stage, at = plan.pretraining(experiment), "make_task_items", f"experiments.{experiment}.tasks"
    keys = {"task": f"{at}.names"} | {key: f"{at}.{key}" for key in ("items", "seed", "corpora")}
    inputs, spec = mine.items_inputs(experiment, task), mine.items_spec(experiment, task)
    return _recipe(stage, plan.code(stage, experiment), spec, inputs, **keys)


def _task_scores(plan: Plan, experiment: str, model: str) -> Recipe:
    mine, stage, at = plan.pretraining(experiment), "evaluate_tasks", f"experiments.{experiment}"
    keys = {key: f"{at}.tasks.{key}" for key in ("names", "limit", "shots", "batch_size", "seed")}
    inputs, spec = mine.task_inputs(experiment, model), mine.tasks_spec(experiment)
    return _recipe(stage, plan.code(stage, experiment), spec, inputs, **keys, compute=f"{at}.compute")


def _perplexities(plan: Plan, experiment: str, model: str) -> Recipe:
    mine, stage, at = plan.pretraining(experiment), "measure_perplexity", f"experiments.{experiment}"
    keys = {"held_out": f"{at}.data.held_out", "compute": f"{at}.compute"}
    inputs, spec = mine.perplexity_inputs(experiment, model), mine.perplexity_spec(experiment)
    return _recipe(stage, plan.code(stage, experiment), spec, inputs, **keys)


def _edits(plan: Plan, experiment: str, edit: str, generation: str) -> Recipe:
    mine, stage, at = plan.pretraining(experiment), "edit_texts", f"experiments.{experiment}"
    keys = {name: f"{at}.edits.{edit}.{name}" for name in ("editing", "corpus", "passages", "share")}
    inputs = mine.edit_inputs(experiment, edit, int(generation))
    spec = mine.edit_spec(experiment, edit, int(generation))
    return _recipe(stage, plan.code(stage, experiment), spec, inputs, **keys, compute=f"{at}.compute")


def _diagnosis(plan: Plan, experiment: str, diagnostic: str) -> Recipe:
    mine, stage, at = plan.pretraining(experiment), "diagnose_texts", f"experiments.{experiment}"
    keys = {name: f"{at}.diagnostics.{name}" for name in ("passages", "datasets", "seed")}
    keys["passages"] = f"{at}.diagnostics.{'counted' if diagnostic == 'ngrams' else 'passages'}"
    inputs, spec = mine.diagnosis_inputs(experiment, diagnostic), mine.diagnosis_spec(experiment, diagnostic)
    return _recipe(stage, plan.code(stage, experiment), spec, inputs, **keys, compute=f"{at}.compute")


def _product(plan: Plan, kind: str, name: str) -> Recipe:
    inputs = plan.product_inputs(kind, name)
    return _recipe(PRODUCT_STAGES[kind], plan.product_code(kind, name), plan.product_spec(kind, name), inputs)


def _simulation(plan: Plan, simulation: str) -> Recipe:
    keys = {"seed": "theory.seed", "settings": f"theory.simulations.{simulation}"}
    return _recipe("simulate", plan.simulation_code(simulation), plan.simulation_spec(simulation), {}, **keys)


def _claims(plan: Plan) -> Recipe:
    inputs = {"findings": plan.product_paths("claims"), "reported": _reported(plan, "claims")}
    return _recipe("gather_claims", plan.code("gather_claims"), "{}", inputs)


def _report(plan: Plan) -> Recipe:
    template = plan.of_checkout("src/uncollapse/report/report.html.j2")
    inputs = {**plan.report_inputs(), "paper_settings": _reported(plan, "settings"), "template": template}
    return _recipe("write_report", plan.report_code(), plan.report_spec(), inputs)


def _reported(plan: Plan, name: str) -> str:
    return plan.of_checkout(f"workflow/reported/{name}.csv")


_E, _N, _SHARD = r"(?P<experiment>\w+)", r"\w+", r"(?P<shard>\d+)of(?P<shards>\d+)"
_SPLIT = rf"(?P<split>{'|'.join(SPLITS)})"
_MODEL, _DECODING = r"(?P<model>\w+(-\w+)?-seed\d+)", rf"(?P<decoding>{_N})"
_PATTERNS: list[tuple[str, Callable[..., Recipe]]] = [
    (r"packages/(?P<file>[^/]+)", _package),
    (r"corpora/(?P<corpus>\w+?)(\.card)?\.parquet", _corpus),
    (r"base_models/(?P<base_model>\w+)\.safetensors", _base_model),
    (rf"{_E}/prompts/{_SPLIT}\.parquet", _sample),
    (rf"{_E}/models/{_MODEL}(\.safetensors|\.curve\.parquet)", _train),
    (rf"{_E}/candidates/{_MODEL}\.{_SPLIT}\.{_DECODING}\.{_SHARD}\.parquet", _label),
    (rf"{_E}/scores/{_MODEL}\.synthesize\.{_DECODING}\.(?P<verifier>{_N})\.{_SHARD}\.parquet", _verify),
    (rf"{_E}/datasets/(?P<dataset>{_N})\.parquet", _dataset),
    (rf"{_E}/proxy/(?P<dataset>{_N})\.parquet", lambda plan, **names: _dataset(plan, **names, stage="estimate_proxy")),
    (rf"{_E}/kept/(?P<dataset>{_N})\.parquet", lambda plan, **names: _dataset(plan, **names, stage="compare_kept")),
    (rf"{_E}/(outcomes|evaluations)/{_MODEL}\.{_DECODING}\.parquet", _evaluate),
    (rf"{_E}/passages/(train|validation|test)\.parquet", _passages),
    (rf"{_E}/instructions/(train|test)\.parquet", _instructions),
    (rf"{_E}/synthesis/(costs|texts)\.parquet", _synthesis),
    (rf"{_E}/tokenizer/tokenizer\.json", _tokenizer),
    (rf"{_E}/tokens/(?P<split>train|validation|test)\.parquet", _tokens),
    (rf"{_E}/samples/(?P<writer>{_N})\.parquet", _samples),
    (rf"{_E}/written/(?P<writer>{_N})\.(?P<how>{_N})\.(?P<corpus>{_N})\.parquet", _written),
    (rf"{_E}/task_items/(?P<task>{_N})\.parquet", _task_items),
    (rf"{_E}/task_scores/{_MODEL}\.parquet", _task_scores),
    (rf"{_E}/perplexities/{_MODEL}\.parquet", _perplexities),
    (rf"{_E}/diagnostics/(?P<diagnostic>{_N})(\.details)?\.parquet", _diagnosis),
    (rf"{_E}/edits/(?P<edit>{_N})\.(?P<generation>\d+)(\.counts)?\.parquet", _edits),
    (rf"{_E}/baselines/test\.parquet", _baselines),
    (rf"{_E}/examples/test\.parquet", _examples),
    (rf"theory/(?P<simulation>{_N})\.parquet", _simulation),
    (rf"tables/(?P<name>{_N})\.(parquet|csv|md)", lambda plan, name: _product(plan, "tables", name)),
    (rf"figures/(?P<name>{_N})\.(svg|png)", lambda plan, name: _product(plan, "figures", name)),
    (rf"claims/(?P<name>{_N})\.parquet", lambda plan, name: _product(plan, "claims", name)),
    (r"claims\.parquet", _claims),
    (r"report\.html", _report),
]
