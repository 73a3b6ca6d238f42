"""What kinds of experiments declare, held together: files and names, bodies, shared rules, and keys of config.

Jobs are those that the report needs at the default, smoke, laptop and paper scales.
"""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
from stage_workflow import recipes_of

from uncollapse.artifacts.artifact import NUMBER, Artifact
from uncollapse.config.files import read
from uncollapse.experiments.found import kinds
from uncollapse.experiments.kind import Stage
from uncollapse.planning.plan import Plan
from uncollapse.planning.recipe import Recipe

ROOT = Path(__file__).parents[3]
SCALES = {"default": [], "smoke": ["smoke.yaml"], "laptop": ["laptop.yaml"], "paper": ["paper.yaml"]}
# keys of config that a part of a spec leaves out
WITHOUT = {(stage, "data"): {"corpus"} for stage in ("text.sample", "text.sample_pool")}


@functools.cache
def _plan(scale: str) -> Plan:
    return Plan(read(ROOT / "config.yaml", [ROOT / "scales" / name for name in SCALES[scale]]))


@functools.cache
def _recipes(scale: str) -> list[Recipe]:
    return list(recipes_of(_plan(scale)).values())


@functools.cache
def _config(scale: str) -> dict[str, Any]:
    return _plan(scale).settings.model_dump(mode="json")


def _stages() -> list[Stage]:
    """The stages of all kinds, and those that make products and the report."""
    return [stage for stages in _plan("default").rules.values() for stage in stages]


def _artifacts() -> dict[str, Artifact]:
    """Everything that is made, by stage and output."""
    return {f"{stage.key}.{name}": made for stage in _stages() for name, made in stage.makes.items()}


def _at(config: Any, key: str) -> Any:
    """The value of a dotted key in plain mappings and lists."""
    for name in key.split("."):
        config = config[int(name)] if isinstance(config, list) else config[name]
    return config


# files


def _names(artifact: Artifact) -> st.SearchStrategy[dict[str, Any]]:
    """Names of all the shapes that a path may be made of."""
    ascii_only = st.characters(codec="ascii")

    def of(shape: str) -> st.SearchStrategy[Any]:
        return st.integers(0, 99_999) if shape == NUMBER else st.from_regex(shape, fullmatch=True, alphabet=ascii_only)

    return st.fixed_dictionaries({name: of(shape) for name, shape in artifact.names.items()})


@pytest.mark.parametrize("made", _artifacts())
def test_a_path_tells_the_names_it_is_made_of(made: str) -> None:
    artifact = _artifacts()[made]

    @hypothesis.settings(max_examples=25, suppress_health_check=[hypothesis.HealthCheck.too_slow])
    @hypothesis.given(_names(artifact))
    def holds(names: dict[str, Any]) -> None:
        own = {name: value for name, value in names.items() if name != "experiment"}
        path = artifact(**own).below("results", names.get("experiment")).removeprefix("results/")
        assert artifact.names_in(path) == names
        assert artifact.names_in(f"elsewhere/{path}") is None

    holds()


@pytest.mark.parametrize("scale", SCALES)
def test_whatever_a_job_makes_is_found_to_be_made_by_it(scale: str) -> None:
    plan = _plan(scale)
    for recipe in _recipes(scale):
        assert all(plan.recipe_of(path) is recipe for path in recipe.outputs.values()), recipe.outputs


@pytest.mark.parametrize("scale", SCALES)
def test_a_job_reads_what_others_make_or_what_nobody_does(scale: str) -> None:
    plan = _plan(scale)
    for recipe in _recipes(scale):
        for path in (path for paths in recipe.inputs.values() for path in paths):
            assert (plan.recipe_of(path) is None) == (path in recipe.outside), path


# stages


@pytest.mark.parametrize("body", sorted({stage.body for stage in _stages()}))
def test_every_body_is_there_and_takes_a_stage(body: str) -> None:
    module = ast.parse((ROOT / "src" / body.replace(".", "/")).with_suffix(".py").read_text())
    runs = [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == "run"]
    assert [[argument.arg for argument in run.args.args] for run in runs] == [["stage"]]


def test_every_module_of_stages_is_the_body_of_one() -> None:
    found = {
        ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        for path in (ROOT / "src/uncollapse").rglob("stages/*.py")
        if path.name != "__init__.py"
    }
    assert found == {stage.body for stage in _stages()}


def test_kinds_that_share_a_rule_make_the_same_files_and_ask_for_the_same_log() -> None:
    plan, shared = _plan("default"), set()
    for rule, stages in plan.rules.items():
        if len(stages) > 1:
            shared.add(rule)
        made = [{name: artifact.template for name, artifact in stage.makes.items()} for stage in stages]
        assert all(other == made[0] for other in made), rule
        names = [list(stage.names.items()) for stage in stages]  # in order, as the log has them
        assert all(other == names[0] for other in names), rule
        assert sorted(re.findall(r"\{(\w+)\}", plan.log(rule))) == sorted(name for name, _ in names[0]), rule
    assert {"sample", "train", "label", "select", "proxy", "evaluate"} <= shared
    logs = [plan.log(rule) for rule in plan.rules]
    assert len(logs) == len(set(logs))


def test_the_scales_have_jobs_of_every_stage() -> None:
    """Otherwise the tests of keys below would pass a stage over."""
    declared = {stage.key for kind in kinds().values() for stage in kind.stages.values()}
    assert declared <= {recipe.stage for scale in SCALES for recipe in _recipes(scale)}


# keys of config


@pytest.mark.parametrize("scale", SCALES)
def test_the_key_that_a_part_of_a_spec_names_holds_what_the_spec_says(scale: str) -> None:
    for recipe in _recipes(scale):
        for part, key in recipe.keys.items():
            said, held = _at(recipe.spec, part), _at(_config(scale), f"{recipe.prefix}{key}")
            if left_out := WITHOUT.get((recipe.stage, part)):
                assert left_out <= held.keys()
                held = {name: value for name, value in held.items() if name not in left_out}
            assert said == held, (recipe.stage, part, key)
