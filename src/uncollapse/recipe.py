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

from uncollapse.model_names import GENERATOR, Model
from uncollapse.planning import PRODUCT_STAGES, Plan
from uncollapse.splits import SPLITS

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


def _sample(plan: Plan, experiment: str, split: str) -> Recipe:
    at, spec = f"experiments.{experiment}", plan.sample_spec(experiment, split)
    keys = {"task": f"{at}.task", "count": f"{at}.sample.{split}", "seed": f"{at}.sample.seed"}
    return _recipe("sample", plan.code("sample", experiment), spec, {}, **keys)


def _train(plan: Plan, experiment: str, model: str) -> Recipe:
    at, role = f"experiments.{experiment}", Model.parse(model).role
    part = "generator" if role == GENERATOR else "downstream"
    own = getattr(plan.experiment(experiment), part).model is not None
    keys = {
        "task": f"{at}.task",
        "compute": f"{at}.compute",
        "training": f"{at}.{part}.training",
        "model": f"{at}.{part if own else 'generator'}.model",
        "validation": f"{at}.proxy",
    }
    inputs = plan.training_inputs(experiment, model)
    return _recipe("train", plan.code("train", experiment), plan.train_spec(experiment, model), inputs, **keys)


def _label(plan: Plan, experiment: str, model: str, split: str, decoding: str, shard: str, shards: str) -> Recipe:
    if int(shards) != plan.shards(experiment, split):
        raise KeyError(shards)
    at, spec = f"experiments.{experiment}", plan.label_spec(experiment, split, decoding, int(shard))
    prompts = f"decodings.{decoding}.prompts" if split == "synthesize" else f"sample.{split}"
    keys = {"beams": f"{at}.decodings.{decoding}.beams", "prompts": f"{at}.{prompts}", "shards": f"{at}.shards"}
    keys |= {"task": f"{at}.task", "compute": f"{at}.compute"}
    inputs = {
        "prompts": plan.path(experiment, "prompts", split),
        "weights": plan.path(experiment, "models", model, ".safetensors"),
    }
    return _recipe("label", plan.code("label", experiment), spec, inputs, **keys)


def _verify(plan: Plan, experiment: str, model: str, decoding: str, verifier: str, shard: str, shards: str) -> Recipe:
    at, code = f"experiments.{experiment}", plan.code("verify", experiment, verifier=verifier)
    inputs = {
        "prompts": plan.path(experiment, "prompts", "synthesize"),
        "candidates": plan.path(experiment, "candidates", f"{model}.synthesize.{decoding}.{shard}of{shards}"),
    }
    keys = {"task": f"{at}.task", "verifier": f"{at}.verifiers.{verifier}"}
    return _recipe("verify", code, plan.verify_spec(experiment, verifier), inputs, **keys)


def _dataset(plan: Plan, experiment: str, dataset: str, stage: str = "select_data") -> Recipe:
    spec, proxy = plan.selection_spec(experiment, dataset), stage == "estimate_proxy"
    if proxy:
        spec = plan.proxy_spec(experiment, dataset)
    inputs = plan.selection_inputs(experiment, dataset, with_truth=proxy)
    at = f"experiments.{experiment}"
    keys = {"task": f"{at}.task", "dataset": f"{at}.datasets.{dataset}", "resamples": f"{at}.proxy.resamples"}
    return _recipe(stage, plan.code(stage, experiment), spec, inputs, **keys)


def _evaluate(plan: Plan, experiment: str, model: str, decoding: str) -> Recipe:
    at, spec = f"experiments.{experiment}", plan.evaluate_spec(experiment, decoding)
    inputs = {
        "prompts": plan.path(experiment, "prompts", "test"),
        "candidates": plan.candidates(experiment, Model.parse(model), "test", decoding),
    }
    keys = {"task": f"{at}.task", "tolerances": f"{at}.evaluation.tolerances"}
    keys |= {"beams": f"{at}.decodings.{decoding}.beams"}
    return _recipe("evaluate_model", plan.code("evaluate_model", experiment), spec, inputs, **keys)


def _product(plan: Plan, kind: str, name: str) -> Recipe:
    inputs: dict[str, list[str] | str] = dict(plan.product_inputs(kind, name))
    if kind == "tables":
        inputs["reported"] = _reported(plan, name)
    return _recipe(PRODUCT_STAGES[kind], plan.product_code(kind, name), plan.product_spec(kind, name), inputs)


def _claims(plan: Plan) -> Recipe:
    findings = [f"{plan.root}/claims/{name}.parquet" for name in plan.settings.claims]
    inputs = {"findings": findings, "reported": _reported(plan, "claims")}
    return _recipe("gather_claims", plan.code("gather_claims"), "{}", inputs)


def _report(plan: Plan) -> Recipe:
    template = str(plan.scripts.parent / "src/uncollapse/reporting/report.html.j2")
    inputs = {**plan.report_inputs(), "paper_settings": _reported(plan, "settings"), "template": template}
    return _recipe("write_report", plan.report_code(), plan.report_spec(), inputs)


def _reported(plan: Plan, name: str) -> str:
    return str(plan.scripts.parent / f"workflow/reported/{name}.csv")


_E, _N, _SHARD = r"(?P<experiment>\w+)", r"\w+", r"(?P<shard>\d+)of(?P<shards>\d+)"
_SPLIT = rf"(?P<split>{'|'.join(SPLITS)})"
_MODEL, _DECODING = r"(?P<model>\w+-seed\d+)", rf"(?P<decoding>{_N})"
_PATTERNS: list[tuple[str, Callable[..., Recipe]]] = [
    (rf"{_E}/prompts/{_SPLIT}\.parquet", _sample),
    (rf"{_E}/models/{_MODEL}(\.safetensors|\.curve\.parquet)", _train),
    (rf"{_E}/candidates/{_MODEL}\.{_SPLIT}\.{_DECODING}\.{_SHARD}\.parquet", _label),
    (rf"{_E}/scores/{_MODEL}\.synthesize\.{_DECODING}\.(?P<verifier>{_N})\.{_SHARD}\.parquet", _verify),
    (rf"{_E}/datasets/(?P<dataset>{_N})\.parquet", _dataset),
    (rf"{_E}/proxy/(?P<dataset>{_N})\.parquet", lambda plan, **names: _dataset(plan, **names, stage="estimate_proxy")),
    (rf"{_E}/kept/(?P<dataset>{_N})\.parquet", lambda plan, **names: _dataset(plan, **names, stage="compare_kept")),
    (rf"{_E}/(outcomes|evaluations)/{_MODEL}\.{_DECODING}\.parquet", _evaluate),
    (rf"tables/(?P<name>{_N})\.(parquet|csv|md)", lambda plan, name: _product(plan, "tables", name)),
    (rf"figures/(?P<name>{_N})\.(svg|png)", lambda plan, name: _product(plan, "figures", name)),
    (rf"claims/(?P<name>{_N})\.parquet", lambda plan, name: _product(plan, "claims", name)),
    (r"claims\.parquet", _claims),
    (r"report\.html", _report),
]
