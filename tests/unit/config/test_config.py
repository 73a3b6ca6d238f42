"""A config is whole and possible, or is refused with the file, the key and the fix."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from changed_config import changed
from hypothesis import given, settings
from hypothesis import strategies as st

from uncollapse.config.files import read
from uncollapse.config.load import load
from uncollapse.config.settings import Settings
from uncollapse.errors import ConfigError

ROOT = Path(__file__).parents[3]
BASE = ROOT / "config.yaml"
SCALES = sorted((ROOT / "scales").glob("*.yaml"))
# overlays that stand on another
OVER = {
    "gpu_rounds": ("paper",),
    "evidence_mixture": ("evidence",),
    "evidence_noise": ("evidence",),
    "evidence_rephrased": ("evidence",),
    "evidence_repeats": ("evidence",),
    "evidence_schedules": ("evidence",),
    "evidence_table4": ("evidence",),
}
CONFIG = json.loads(json.dumps(yaml.safe_load(BASE.read_text())))  # without YAML's shared parts, as Snakemake has it
EIGENVALUES = "experiments.eigenvalues"
SYNTHESIZE = CONFIG["experiments"]["eigenvalues"]["sample"]["synthesize"]
GREEDY = CONFIG["experiments"]["eigenvalues"]["decodings"]["greedy"]["prompts"]
LABELLED = CONFIG["experiments"]["eigenvalues"]["decodings"]["beam5"]["prompts"]


def _merged(base: dict[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """As Snakemake merges --configfile."""
    merged = dict(base)
    for key, value in overlay.items():
        nested = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if nested else value
    return merged


def _nested(key: str, value: Any) -> dict[str, Any]:
    for part in reversed(key.split(".")):
        value = {part: value}
    return value


def _changed(key: str, value: Any, *, of: dict[str, Any] = CONFIG) -> dict[str, Any]:
    """The default config with one key set."""
    return changed(of, key, value)


Refused = Callable[..., str]


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    """The message about a key that an overlay sets to a value; the file and the key must be in it."""

    def check(key: str, value: Any, *words: str, shown: str | None = None) -> str:
        config = _changed(key, value)
        overlay = tmp_path / "mine.yaml"
        overlay.write_text(yaml.safe_dump(_nested(key, value)))
        with pytest.raises(ConfigError) as caught:
            load(config, [BASE, overlay])
        message = str(caught.value)
        lines = [line for line in message.splitlines() if str(overlay) in line]
        for word in (shown or key, *words):
            assert any(word in line for line in lines), (word, message)
        return message

    return check


# what ships


def test_the_default_config_is_valid() -> None:
    found = load(CONFIG, [BASE])
    assert found.scale == "default"
    assert found.experiments["eigenvalues"].decodings["greedy"].beams == 1
    assert found.experiments["eigenvalues"].task.matrix_size == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", SCALES, ids=lambda path: path.stem)
def test_every_scale_is_valid(path: Path) -> None:
    paths = [*(ROOT / f"scales/{name}.yaml" for name in OVER.get(path.stem, ())), path]
    found = read(BASE, paths)
    assert found.scale == path.stem
    assert found.results != load(CONFIG).results, "scales must not overwrite each other's results"


def test_there_are_scales() -> None:
    assert {"smoke", "paper"} <= {path.stem for path in SCALES}


def test_the_papers_scale_has_the_papers_sizes() -> None:
    overlay = yaml.safe_load((ROOT / "scales" / "paper.yaml").read_text())
    found = load(_merged(CONFIG, overlay)).experiments["eigenvalues"]
    assert found.task.model_dump()["matrix_size"] == 5
    assert (found.sample.train, found.generator.training.epochs) == (200_000, 65)
    model = found.generator.model
    assert (model.dimension, model.encoder_layers, model.decoder_layers, model.heads) == (512, 4, 1, 8)
    assert {decoding.beams for decoding in found.decodings.values()} == {1, 5, 10, 25, 35, 50}
    assert {found.datasets[name].size for name in found.trained_datasets()} == {1_000_000}
    assert {found.datasets[f"within_{tolerance}_more"].size for tolerance in (1, 2)} == {12_000_000}
    assert set(found.trained_datasets("model_a")) == set(found.trained_datasets()) - {"clean"}
    assert len(found.generator.seeds) == len(found.downstream.seeds) == 5


def test_keys_stand_in_the_order_of_the_files(tmp_path: Path) -> None:
    """Snakemake lists an overlay's keys before those of config.yaml."""
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("experiments: {summaries: {shards: 3}}\n")
    experiments = CONFIG["experiments"]
    turned = {**CONFIG, "experiments": {name: experiments[name] for name in reversed(experiments)}}
    assert list(load(turned).experiments) == list(reversed(experiments))
    assert list(load(turned, [BASE, overlay]).experiments) == list(experiments)


def test_loading_leaves_snakemakes_dictionary_as_it_is() -> None:
    config = _merged(CONFIG, _nested(f"{EIGENVALUES}.groups.model_d", None))
    before = copy.deepcopy(config)
    load(config)
    assert config == before


# null


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("tables", "feng2024_table2"),
        ("figures", "learning_curves"),
        ("claims", "feng_eigenvalues"),
        (f"{EIGENVALUES}.groups", "model_d"),
        ("experiments.collapse.diagnostics.priors", "small"),
    ],
)
def test_null_removes_a_named_entry(key: str, name: str) -> None:
    def names(config: dict[str, Any]) -> list[str]:
        found: Any = load(config)
        for part in key.split("."):
            found = found[part] if isinstance(found, dict) else getattr(found, part)
        return list(found)

    assert name in names(CONFIG)
    assert names(_changed(f"{key}.{name}", None)) == [other for other in names(CONFIG) if other != name]


def test_null_removes_an_entry_that_others_need_and_they_say_so() -> None:
    """The key that needs it is named, with the file that sets this key."""
    for removed, needed_by in (("decodings.beam25", "evaluation.generator"), ("verifiers.oracle", "proxy.oracle")):
        with pytest.raises(ConfigError) as caught:
            load(_changed(f"{EIGENVALUES}.{removed}", None), [BASE])
        name = removed.rpartition(".")[2]
        assert f"{BASE}: {EIGENVALUES}.{needed_by}: {name!r} is not defined; known: " in str(caught.value)


def _nulls(path: Path, *keys: str) -> dict[str, Any]:
    """The config without these entries, and an overlay that removes them."""
    changed, overlay = CONFIG, {}
    for key in keys:
        changed = _changed(key, None, of=changed)
        block = overlay
        *start, name = key.split(".")
        for part in start:
            block = block.setdefault(part, {})
        block[name] = None
    path.write_text(yaml.safe_dump(overlay))
    return changed


@pytest.mark.parametrize(
    ("removed", "needed_by"),
    [
        (f"{EIGENVALUES}.verifiers.oracle", f"{EIGENVALUES}.proxy.oracle"),
        ("experiments.summaries.verifiers.oracle", "experiments.summaries.proxy.oracle"),
        (f"{EIGENVALUES}.groups.better", f"{EIGENVALUES}.groups.model_c.initial"),
        ("corpora.news", "experiments.summaries.data.corpus"),
        ("base_models.smollm2", "experiments.summaries.base"),
    ],
)
def test_what_an_overlay_removes_is_told_where_it_is_still_named(tmp_path: Path, removed: str, needed_by: str) -> None:
    overlay = tmp_path / "mine.yaml"
    changed = _nulls(overlay, removed)
    with pytest.raises(ConfigError) as caught:
        load(changed, [BASE, tmp_path / "absent.yaml", overlay])
    (line,) = [line for line in str(caught.value).splitlines() if f" {needed_by}: " in line]
    assert line.endswith(f"({overlay} removes it: {removed}: null)")
    with pytest.raises(ConfigError) as caught:
        load(changed, [BASE])
    (line,) = [line for line in str(caught.value).splitlines() if f" {needed_by}: " in line]
    assert line.endswith(f"(the command line removes it: {removed}: null)")


def test_what_another_experiment_loses_is_not_to_blame(tmp_path: Path) -> None:
    overlay = tmp_path / "mine.yaml"
    changed = _nulls(overlay, f"{EIGENVALUES}.verifiers.oracle", "experiments.summaries.verifiers.oracle")
    with pytest.raises(ConfigError) as caught:
        load(changed, [BASE, overlay])
    lines = [line for line in str(caught.value).splitlines() if "removes it" in line]
    assert len(lines) == 2
    for line in lines:
        assert line.split("experiments.")[1].split(".")[0] == line.split("removes it: experiments.")[1].split(".")[0]


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("tables.feng2024_tabel2", "feng2024_table2"),
        ("experiments.eigenvalue", "eigenvalues"),
        (f"{EIGENVALUES}.datasets.within2", "within_2_less"),
        ("experiments.collapse.diagnostics.priors.smal", "small"),
    ],
)
def test_null_that_removes_nothing_is_misspelt(refused: Refused, key: str, known: str) -> None:
    refused(key, None, "null removes nothing, there is no such entry; known: ", known)


def test_null_may_remove_what_another_overlay_adds(tmp_path: Path) -> None:
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    key = f"{EIGENVALUES}.verifiers.mine"
    first.write_text(yaml.safe_dump(_nested(key, {"kind": "oracle"})))
    second.write_text(yaml.safe_dump(_nested(key, None)))
    assert "mine" not in load(_changed(key, None), [BASE, first, second]).experiments["eigenvalues"].verifiers


def test_null_removes_an_experiment() -> None:
    config = {**CONFIG, "experiments": {"eigenvalues": None}, "tables": {}, "figures": {}, "claims": {}}
    assert load(config).experiments == {}


def test_null_elsewhere_is_a_value(refused: Refused) -> None:
    training = f"{EIGENVALUES}.generator.training"
    config = _merged(_changed(f"{training}.steps", None), _nested(f"{training}.epochs", 3))
    assert load(config).experiments["eigenvalues"].generator.training.epochs == 3
    refused(f"{EIGENVALUES}.generator.seeds", None, "got None")


# refusals


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        # unknown keys
        ("experimets", {}, ["unknown key"]),
        (f"{EIGENVALUES}.sample.trian", 5, ["unknown key"]),
        (f"{EIGENVALUES}.task.size", 5, ["unknown key"]),
        (f"{EIGENVALUES}.verifiers.oracle.tau", 0.02, ["unknown key"]),
        (f"{EIGENVALUES}.decodings.greedy.beam", 1, ["unknown key"]),
        (f"{EIGENVALUES}.generator.training.optimizer.lr", 1, ["unknown key"]),
        # wrong types
        (f"{EIGENVALUES}.decodings.greedy.beams", "five", ["'five'", "integer"]),
        (f"{EIGENVALUES}.decodings.greedy.beams", 2.5, ["2.5", "integer"]),
        (f"{EIGENVALUES}.decodings.greedy.beams", [1], ["[1]", "integer"]),
        (f"{EIGENVALUES}.decodings.greedy", 5, ["5"]),
        (f"{EIGENVALUES}.sample", [], ["[]"]),
        (f"{EIGENVALUES}.generator.seeds", 3, ["3", "list"]),
        ("scale", 5, ["5", "string"]),
        ("tables", ["feng2024_table1"], ["feng2024_table1"]),
        # impossible values
        (f"{EIGENVALUES}.decodings.greedy.beams", 0, ["got 0", "greater than or equal to 1"]),
        (f"{EIGENVALUES}.verifiers.oracle.tolerance", -1, ["got -1", "greater than 0"]),
        (f"{EIGENVALUES}.evaluation.validation_tolerance", 0, ["got 0", "greater than 0"]),
        (f"{EIGENVALUES}.task.matrix_size", 0, ["got 0", "greater than or equal to 1"]),
        (f"{EIGENVALUES}.task.entries", "lower", ["'lower'", "upper_triangle"]),
        (f"{EIGENVALUES}.sample.test", 0, ["got 0"]),
        (f"{EIGENVALUES}.shards", 0, ["got 0"]),
        (f"{EIGENVALUES}.generator.seeds", [], ["at least 1"]),
        (f"{EIGENVALUES}.evaluation.tolerances", [], ["at least 1"]),
        (f"{EIGENVALUES}.generator.training.optimizer.name", "sgd", ["'sgd'", "muon"]),
        (f"{EIGENVALUES}.generator.training.schedule.decay_share", 1.5, ["1.5"]),
        (f"{EIGENVALUES}.compute", {"device": "tpu"}, ["'tpu'", "cuda"]),
        (f"{EIGENVALUES}.datasets.clean.select", "label", ["'label'", "labels"]),
    ],
)
def test_a_bad_key_is_named_with_its_file_and_what_to_do(
    refused: Refused, key: str, value: Any, words: list[str]
) -> None:
    shown = f"{key}.device" if key.endswith("compute") else key
    assert "config cannot be run" in refused(key, value, *words, shown=shown)


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ({"kind": "step", "step": 0}, "schedule.step: input should be greater than or equal to 1, got 0; change it"),
        ({"kind": "abrupt", "steps": 1}, "schedule.steps: unknown key"),
        ({"kind": "accelerated"}, "schedule.by: missing; add it"),
        ({"step": 2}, "schedule: has no 'kind', which says what it is; add it"),
        ({"kind": "steps"}, "schedule.kind: 'steps' is none of 'step', 'abrupt', 'accelerated'; change it"),
    ],
)
def test_the_kind_of_a_block_is_no_part_of_a_key(schedule: dict[str, Any], told: str) -> None:
    config = _changed("experiments.self_improvement.runs.copy.schedule", schedule)
    with pytest.raises(ConfigError, match=re.escape(f"experiments.self_improvement.runs.copy.{told}")):
        load(config)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (f"{EIGENVALUES}.generator.training.epochs", 3, ["generator.training", "exactly one of steps and epochs"]),
        (f"{EIGENVALUES}.generator.model.heads", 5, ["generator.model", "heads must divide dimension", "5"]),
        (f"{EIGENVALUES}.task.low", 10, ["task", "low must be below high"]),
        (f"{EIGENVALUES}.datasets.clean.decoding", "greedy", ["datasets.clean", "takes no decoding"]),
        (f"{EIGENVALUES}.datasets.no_selection.select", "correct", ["datasets.no_selection", "needs a verifier"]),
        (f"{EIGENVALUES}.datasets.no_selection.size", 10**9, ["datasets.no_selection.size", f"{GREEDY} prompts"]),
        (f"{EIGENVALUES}.datasets.best_of_5.size", LABELLED + 1, ["datasets.best_of_5.size", f"{LABELLED} prompts"]),
        (f"{EIGENVALUES}.decodings.beam5.prompts", SYNTHESIZE + 1, ["decodings.beam5.prompts", "sample.synthesize"]),
        # names that are not defined
        (
            f"{EIGENVALUES}.datasets.best_of_5.decoding",
            "beam6",
            ["datasets.best_of_5.decoding", "'beam6'", "known: greedy"],
        ),
        (f"{EIGENVALUES}.datasets.best_of_5.verifier", "judge", ["datasets.best_of_5.verifier", "'judge'", "oracle"]),
        (f"{EIGENVALUES}.evaluation.generator", ["gredy"], ["evaluation.generator", "'gredy'", "greedy"]),
        (f"{EIGENVALUES}.evaluation.downstream", ["gredy"], ["evaluation.downstream", "'gredy'", "greedy"]),
        (f"{EIGENVALUES}.proxy.oracle", "truth", ["proxy.oracle", "'truth'", "oracle"]),
        (f"{EIGENVALUES}.downstream.datasets", ["dirty"], ["downstream.datasets", "'dirty'", "clean"]),
        ("tables.feng2024_table1.experiment", "eigen", ["tables.feng2024_table1.experiment", "'eigen'"]),
        ("tables.feng2024_table9", {"experiment": "eigenvalues"}, ["feng2024_table9", "feng2024_table1"]),
        (f"{EIGENVALUES}.task.name", "eigenvaluess", [f"{EIGENVALUES}.task", "'eigenvaluess'", "eigenvalues"]),
        (f"{EIGENVALUES}.verifiers.oracle.kind", "oracle", [f"{EIGENVALUES}.verifiers.oracle", "perplexity"]),
        (
            f"{EIGENVALUES}.verifiers.oracle.kind",
            "nowhere/mine.py",
            [f"{EIGENVALUES}.verifiers.oracle", "no such file"],
        ),
        (f"{EIGENVALUES}.task.name", "number_encoding", [f"{EIGENVALUES}.task", "eigenvalues"]),
        (f"{EIGENVALUES}.verifiers.oracle.kind", "candidates", [f"{EIGENVALUES}.verifiers.oracle", "tolerance"]),
        (f"{EIGENVALUES}.task", {"name": 5}, ["task", "'name'"]),
        # values that would end in a crash, or in wrong numbers, hours later
        (f"{EIGENVALUES}.datasets.train", {"select": "labels"}, ["datasets", "train"]),
        (f"{EIGENVALUES}.datasets.generator", {"select": "labels"}, ["datasets", "generator"]),
        (f"{EIGENVALUES}.generator.seeds", [0, 0], ["generator.seeds"]),
        (f"{EIGENVALUES}.downstream.seeds", [1, 2, 1], ["downstream.seeds"]),
        (f"{EIGENVALUES}.task.low", float("-inf"), ["task"]),
        (f"{EIGENVALUES}.verifiers.oracle", {"kind": "perplexity", "tolerance": None}, ["oracle"]),
    ],
)
def test_values_that_do_not_fit_together(refused: Refused, key: str, value: Any, words: list[str]) -> None:
    refused(key, value, *words, shown=words[0])


@pytest.mark.parametrize("place", ["proxy", "datasets"])
def test_a_verifier_without_a_verdict_cannot_say_what_is_correct(place: str) -> None:
    """Perplexity without a limit ranks candidates; found out by a job, it would be hours too late."""
    config = _changed(f"{EIGENVALUES}.verifiers.self", {"kind": "perplexity"})
    of_experiment = config["experiments"]["eigenvalues"]
    if place == "proxy":
        of_experiment["proxy"]["oracle"] = "self"
    else:
        of_experiment["datasets"]["data_selection"]["verifier"] = "self"
    with pytest.raises(ConfigError, match="self"):
        load(config)


@pytest.mark.parametrize(
    "key", ["experiments", f"{EIGENVALUES}.sample", f"{EIGENVALUES}.sample.train", "tables", "scale"]
)
def test_a_missing_key_is_named(key: str) -> None:
    config = copy.deepcopy(CONFIG)
    *parents, last = key.split(".")
    part = config
    for name in parents:
        part = part[name]
    del part[last]
    with pytest.raises(ConfigError) as caught:
        load(config, [BASE])
    assert f"{BASE}: {key}: missing; add it" in str(caught.value)


@pytest.mark.parametrize("name", ["Best", "best-of-5", "5best", "best of", "best.of", ""])
def test_names_that_cannot_be_part_of_a_path(name: str) -> None:
    config = copy.deepcopy(CONFIG)
    config["experiments"]["eigenvalues"]["datasets"][name] = {"select": "labels"}
    with pytest.raises(ConfigError) as caught:
        load(config, [BASE])
    assert f"{EIGENVALUES}.datasets.{name}" in str(caught.value)


def test_the_last_file_that_sets_a_key_is_named(tmp_path: Path) -> None:
    first, second, third = tmp_path / "first.yaml", tmp_path / "second.yaml", tmp_path / "third.yaml"
    first.write_text(BASE.read_text())
    second.write_text(yaml.safe_dump(_nested(f"{EIGENVALUES}.decodings.greedy.beams", 0)))
    third.write_text(yaml.safe_dump(_nested(f"{EIGENVALUES}.decodings.beam5.beams", 5)))
    with pytest.raises(ConfigError) as caught:
        load(_changed(f"{EIGENVALUES}.decodings.greedy.beams", 0), [first, second, third])
    assert f"{second}: {EIGENVALUES}.decodings.greedy.beams" in str(caught.value)
    assert str(first) not in str(caught.value)
    assert str(third) not in str(caught.value)


def test_all_problems_are_listed_at_once() -> None:
    config = _changed(f"{EIGENVALUES}.decodings.greedy.beams", 0)
    config["experiments"]["eigenvalues"]["sample"]["tests"] = 3
    config["resluts"] = "here"
    with pytest.raises(ConfigError) as caught:
        load(config, [BASE])
    assert len([line for line in str(caught.value).splitlines() if line.startswith("  - ")]) == 3


def test_the_command_line_has_no_file() -> None:
    with pytest.raises(ConfigError) as caught:
        load(_changed(f"{EIGENVALUES}.decodings.greedy.beams", 0))
    assert f"  - {EIGENVALUES}.decodings.greedy.beams: " in str(caught.value)


# anything at all


def _paths(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    entries = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in entries:
        found += _paths(value, (*path, key))
    return found


PATHS = _paths(CONFIG)
PATHS += 10 * [path for path in PATHS if path[-1] in ("name", "kind", "decoding", "verifier")]
NAMES = ["greedy", "oracle", "eigenvalues", "all", "tolerance", "perplexity", "candidates", "checks", "number_encoding"]
NAMES += [
    "__init__",
    "nowhere.py",
    ".py",
    "../eigenvalues",
    "list[str]",
    "train",
    "generator",
    "",
    "0",
    "é",
    "a b",
    "a.b",
]
JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 3),
        st.integers(),
        st.floats(),
        st.sampled_from(NAMES),
        st.text(max_size=4),
    ),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES) | st.integers(0, 1), inner, max_size=2)
    ),
    max_leaves=3,
)
MUTATIONS = st.tuples(st.sampled_from(PATHS), st.sampled_from(["delete", "replace", "rename", "add"]), JUNK)


def _mutate(config: Any, path: tuple[Any, ...], action: str, junk: Any) -> None:
    part = config
    for key in path[:-1]:
        try:
            part = part[key]
        except (KeyError, IndexError, TypeError):
            return  # an earlier mutation took it away
    last = path[-1]
    if last not in (range(len(part)) if isinstance(part, list) else part if isinstance(part, dict) else ()):
        return
    if action == "delete":
        del part[last]
    elif action == "replace" or isinstance(part, list):
        part[last] = junk
    elif action == "rename":
        part[junk if isinstance(junk, str | int) else str(junk)] = part.pop(last)
    else:
        part[junk if isinstance(junk, str | int) else str(junk)] = copy.deepcopy(part[last])


@pytest.fixture(scope="module")
def odd_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where keys are looked up for messages; short, as it is read for every problem."""
    path = tmp_path_factory.mktemp("config") / "odd.yaml"
    path.write_text("experiments: {eigenvalues: {decodings: null, task: 5, 3: [x]}}\nscale: x\n")
    return path


@settings(max_examples=100)
@given(mutations=st.lists(MUTATIONS, min_size=1, max_size=3))
def test_any_config_is_valid_or_a_config_error(
    mutations: list[tuple[tuple[Any, ...], str, Any]], odd_file: Path
) -> None:
    config = copy.deepcopy(CONFIG)
    for path, action, junk in mutations:
        _mutate(config, path, action, junk)
    message = ""
    try:
        assert isinstance(load(config, [odd_file]), Settings)
    except ConfigError as error:
        message = str(error)
    # what no file has was given beside them
    told = re.compile(rf"the config cannot be run:\n  - ({re.escape(str(odd_file))}|--config): ")
    assert message == "" or told.match(message)


def test_initial_is_the_generator_or_a_file_of_weights(refused: Refused) -> None:
    refused(f"{EIGENVALUES}.downstream.initial", "generators", "generators", "correct it")


def test_initial_weights_bring_their_sizes() -> None:
    config = _changed(f"{EIGENVALUES}.downstream.initial", "generator")
    config["experiments"]["eigenvalues"]["downstream"]["model"] = {"dimension": 32}
    with pytest.raises(ConfigError, match=r"downstream\.model: initial weights bring their own sizes"):
        load(config, [BASE])


def test_only_true_labels_come_from_the_train_split(refused: Refused) -> None:
    refused(f"{EIGENVALUES}.datasets.no_selection.split", "train", "synthesize split", shown="datasets.no_selection")


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("groups.better.datasets", ["cleen"], "cleen"),
        ("groups.model_a.initial", "bettr", "correct it"),
        ("groups.model_a.model", {"dimension": 32}, "remove this key"),
        ("groups.better.initial", "model_c", "break the circle"),
        ("groups.better.initial", "better", "break the circle"),
        ("groups.better.steps", 3, "unknown key"),
    ],
)
def test_groups_that_cannot_be_trained(refused: Refused, key: str, value: Any, word: str) -> None:
    refused(f"{EIGENVALUES}.{key}", value, word)


def test_skipped_prompts_are_not_available(refused: Refused) -> None:
    with pytest.raises(ConfigError, match=r"datasets\.other_truth\.size: 60000 rows, but only 0 prompts"):
        load(_changed(f"{EIGENVALUES}.datasets.other_truth.skip", SYNTHESIZE), [BASE])
    refused(f"{EIGENVALUES}.datasets.no_selection.skip", 5, "takes no skip", shown="datasets.no_selection")


def test_the_default_counts_no_more_passages_than_its_selections_have() -> None:
    """A job says so late: 350 were asked for, and a selection of 56,000 tokens had 332."""
    settings = CONFIG["experiments"]["collapse"]
    most_tokens = 1.8 * settings["data"]["passage_words"]  # of a passage; 1.69 with the default's tokenizer
    assert settings["diagnostics"]["datasets"]
    for name in settings["diagnostics"]["datasets"]:
        share = settings["datasets"][name]["machine_share"]
        there = settings["datasets"][name].get("tokens", settings["tokens"]) * share / most_tokens
        assert max(settings["diagnostics"]["counted"], settings["diagnostics"]["passages"]) <= there
