"""A whole experiment in rejection sampling with a tiny model of random weights, and what its config refuses."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError
from scipy import stats
from stage_workflow import Recorded, Workflow, other_in_another_world

from random_language_model import random_language_model
from uncollapse.analysis.comparison import compare
from uncollapse.analysis.rejection_sampling import SelectionRun
from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.base_models import BASE_MODEL_FILES
from uncollapse.artifacts.parquet import row_account
from uncollapse.config.load import load
from uncollapse.errors import DataError
from uncollapse.experiments.rejection_sampling.artifacts import (
    ASKED_FILES,
    AUDIT_FILES,
    DECISION_FILES,
    PASSED_FILES,
    SAMPLED_FILES,
    SELECTED_FILES,
    VERDICT_FILES,
)
from uncollapse.experiments.rejection_sampling.kind import KIND
from uncollapse.experiments.rejection_sampling.pools import share_of
from uncollapse.experiments.rejection_sampling.settings import RejectionSamplingSettings
from uncollapse.language.artifact import save_language_model
from uncollapse.planning.plan import Plan
from uncollapse.products.products import made as product_of
from uncollapse.products.products import read_frame
from uncollapse.products.tables.rejection_sampling import TABLE

NAME = "chosen"
DRAWN = {"candidates": 3, "temperature": 1.0, "max_new_tokens": 4}
FRAMES = ("passed", "selection_audits", "selection_decisions")


def prompt_files(folder: Path, *, train: int = 24, test: int = 6) -> dict[str, str]:
    """Two files of different sums."""
    sums = random.Random(0).sample([(a, b) for a in range(10, 60) for b in range(10, 60)], train + test)
    paths = {}
    for split, some in (("train", sums[:train]), ("test", sums[train:])):
        rows = [{"id": f"{split}{k}", "prompt": f"{a}+{b}=", "answer": str(a + b)} for k, (a, b) in enumerate(some)]
        path = folder / f"{split}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        paths[split] = str(path)
    return paths


def block(files: dict[str, str], **changes: Any) -> dict[str, Any]:
    """An experiment in which about half of what a random model writes counts as right."""
    return {
        "kind": "rejection_sampling",
        "seeds": [3, 4],
        "files": files,
        "base": "tiny",
        "asked": "completions",
        "cut_off": "keep",
        "sampling": DRAWN,
        "shards": 2,
        "verifiers": {
            "truth": {"kind": "perplexity", "highest": 230},
            "noisy": {"kind": "noisy", "truth": "truth.accepted", "phi": 0.9, "psi": 0.3},
            "likely": {"kind": "perplexity"},
        },
        "reference": "truth",
        "selections": {
            "truth": {"verifier": "truth", "n": 6},
            "noisy": {"verifier": "noisy", "rule": "first"},
            "likely": {"verifier": "likely", "rule": "top", "n": 6},
            "whatever": {"n": 6},
        },
        "resamples": 100,
        "training": {"steps": 2, "batch_size": 2, "block": 48, "learning_rate": 1e-2, "log_every": 1},
        "evaluation": DRAWN | {"candidates": 2},
    } | changes


class OneExperiment(Workflow):
    """An experiment alone, whose files are made when they are asked for; its base model is to lie there."""

    def __init__(self, block: dict[str, Any], root: Path) -> None:
        base = {"random": {"architecture": "llama", "hidden_size": 32, "layers": 2, "heads": 4}}
        config = {"scale": "test", "results": str(root), "base_models": {"tiny": base}, "experiments": {NAME: block}}
        super().__init__(Plan(load(config | {"tables": {}, "figures": {}, "claims": {}})))
        self.block = self.plan.block(NAME)

    def path(self, file: File) -> Path:
        return Path(file.below(self.plan.root, NAME))

    def file(self, file: File) -> Path:
        return self.make(str(self.path(file)))

    def frame(self, name: str) -> Any:
        """A frame of the kind, its files made first."""
        return read_frame(name, [self.file(one) for one in KIND.frames[name].files(self.block)], kind=KIND.name)

    def product(self, group: str, name: str, *frames: str) -> Any:
        """A table, figure or group of claims from some frames and all values."""
        inputs = {frame: [self.file(one) for one in KIND.frames[frame].files(self.block)] for frame in frames}
        values = {value: {"rows": found.of(self.block)} for value, found in KIND.values.items()}
        return product_of(group, name, inputs, frames=dict.fromkeys(frames, KIND.name), values=values)


class RecordedExperiment(OneExperiment, Recorded):
    """One whose stages run with none of the project's modules loaded."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> RecordedExperiment:
    """An experiment with its base model."""
    folder = tmp_path_factory.mktemp("rejection")
    run = RecordedExperiment(block(prompt_files(folder)), folder / "results")
    weights = run.path(BASE_MODEL_FILES(base_model="tiny"))
    weights.parent.mkdir(parents=True)
    save_language_model(random_language_model(), weights, about={})
    return run


def beside(made: OneExperiment, root: Path, **changes: Any) -> OneExperiment:
    """Another experiment on the same prompts, with the same base model."""
    files = {"train": made.block.files.train, "test": made.block.files.test}
    other = OneExperiment(block(files, **changes), root)
    weights = other.path(BASE_MODEL_FILES(base_model="tiny"))
    weights.parent.mkdir(parents=True)
    weights.symlink_to(made.path(BASE_MODEL_FILES(base_model="tiny")))
    return other


def table(made: OneExperiment, *files: File) -> Any:
    return pq.read_table([made.file(file) for file in files]).to_pandas()


def test_every_prompt_has_its_candidates_whatever_the_shards(made: OneExperiment, tmp_path: Path) -> None:
    found = table(made, *(SAMPLED_FILES(round=1, shard=shard, shards=2) for shard in (1, 2)))
    assert found[["prompt_id", "sample"]].values.tolist() == [[f"train{k}", n] for k in range(24) for n in range(3)]
    assert found["text"].nunique() > 30
    whole = beside(made, tmp_path, shards=1)
    other = table(whole, SAMPLED_FILES(round=1, shard=1, shards=1))
    assert other.drop(columns="log_prob").equals(found.drop(columns="log_prob"))
    # batches of other sizes, whose products some processors round otherwise in the last bit
    assert other["log_prob"].tolist() == pytest.approx(found["log_prob"].tolist(), rel=1e-6)


def test_a_selection_and_its_twin_are_of_the_same_prompts_of_the_seed(made: OneExperiment) -> None:
    asked = pq.read_table(made.file(ASKED_FILES(split="train")))
    for seed, place in ((3, 0), (4, 1)):
        mine = asked.filter(pa.array(share_of(asked, asked, place=place, parts=2)))
        kept, twin = (table(made, SELECTED_FILES(selection="truth", arm=arm, seed=seed)) for arm in ("kept", "random"))
        assert kept["right"].all()
        assert sorted(kept["prompt_id"]) == sorted(twin["prompt_id"])
        assert set(kept["prompt_id"]) <= set(mine.column("prompt_id").to_pylist())
        assert len(kept) == 6
        account = row_account(made.path(SELECTED_FILES(selection="truth", arm="random", seed=seed)))
        assert account is not None
        assert account["rows_in"] == 36
        assert account["kept"] == 6
    assert not twin["right"].all()
    assert table(made, DECISION_FILES(selection="truth"))["in_common"].between(0.2, 0.9).all()


def test_the_audit_is_of_all_candidates_by_the_verdict(made: OneExperiment) -> None:
    audit = table(made, AUDIT_FILES(selection="noisy")).set_index("quantity")["value"]
    shards = [{"round": 1, "shard": shard, "shards": 2} for shard in (1, 2)]
    truth, noisy = (
        table(made, *(VERDICT_FILES(verifier=name, **shard) for shard in shards))["accepted"].astype(bool)
        for name in ("truth", "noisy")
    )
    there = table(made, *(SAMPLED_FILES(**shard) for shard in shards))["status"] != "empty"
    truth, noisy = truth[there], noisy[there]
    phi, psi = noisy[truth].mean(), noisy[~truth].mean()
    assert audit["candidates"] == there.sum() > 60
    assert 0.2 < truth.mean() < 0.8
    assert audit["p"] == pytest.approx((~truth).mean())
    assert (audit["phi"], audit["psi"]) == pytest.approx((phi, psi))
    assert audit["p_star"] == pytest.approx(phi / (phi + psi))
    oracle = table(made, AUDIT_FILES(selection="truth")).set_index("quantity")["value"]
    assert oracle["p_star"] == 1
    none = table(made, DECISION_FILES(selection="whatever")).iloc[0]
    assert none["decision"] == "NOTHING SELECTED"
    assert none["in_common"] < 1


def test_products_from_the_first_prompt_to_the_claims(made: OneExperiment) -> None:
    passed = made.frame("passed")
    assert len(passed) == 6 * (1 + 2 * 7)  # test prompts of the base model and of students of two seeds
    assert (passed["samples"] == 2).all()
    found = made.product("claims", "rejection_sampling", *FRAMES)
    assert [one.id for one in found] == [f"outside-selected-{letter}" for letter in "abc"]
    assert found[0].verdict != "not run at this scale"
    rows = made.product("tables", "rejection_sampling", *FRAMES)
    stars = rows[rows["quantity"] == "p_star"].set_index("selection")["value"]
    assert stars["truth"] == 100
    assert stars["whatever"] == 50
    shown = TABLE.layout.exists
    assert shown is not None
    assert [shown(("base model", ""), column) for column in ("p*", "passes: student")] == [False, True]
    columns = ("p*", "over the twin")
    assert [shown(("truth", "go"), column) for column in columns] == [True, True]
    assert [shown(("whatever", "nothing selected"), column) for column in columns] == [True, False]
    base = table(made, PASSED_FILES(selection="base", arm="base", seed=0))
    assert base["passed"].between(0, 2).all()


def test_another_world_leaves_the_same_bytes(made: OneExperiment, tmp_path: Path) -> None:
    for name in FRAMES:
        made.frame(name)
    different, outputs = other_in_another_world(made, tmp_path)
    assert different == []
    assert outputs > 40


def test_a_number_has_one_interval_in_table_figure_and_claims(made: OneExperiment) -> None:
    rows = made.product("tables", "rejection_sampling", *FRAMES)
    cells = compare(rows, None, keys=TABLE.keys, reported_value=None, bounds=TABLE.bounds)
    cells = cells.set_index(["selection", "quantity"])[["ours_mean", "ours_low", "ours_high"]]
    selections = pd.DataFrame(KIND.values["answer_selections"].of(made.block))
    run = SelectionRun(*(made.frame(name) for name in FRAMES), selections)
    for point in run.points:
        for name, estimate in {"over_twin": point.over_twin, "over_base": point.over_base}.items():
            if (point.selection, name) in cells.index:
                assert cells.loc[(point.selection, name)].tolist() == pytest.approx([*estimate], nan_ok=True)
        assert cells.loc[(point.selection, "p_star")].tolist() == pytest.approx(
            [100 * end for end in point.p_star], nan_ok=True
        )
    assert "over test prompts and seeds" in TABLE.caption_of(cells.reset_index())
    before = cells.reset_index().assign(ours_low=None)
    assert "over seeds alone" in TABLE.caption_of(before)


def test_intervals_of_students_are_over_test_prompts_and_seeds() -> None:
    """Seeds pass 50 and 75% of four prompts: variances of the mean over prompts and over seeds add up (Welch)."""
    answers = {("base", "base", 0): [2, 2, 0, 0], ("s", "kept", 0): [2, 0, 2, 0], ("s", "kept", 1): [2, 2, 2, 0]}
    rows = [(*model, str(n), 2, passed) for model, found in answers.items() for n, passed in enumerate(found)]
    passed = pd.DataFrame(rows, columns=["selection", "arm", "seed", "prompt_id", "samples", "passed"])
    run = SelectionRun(passed, pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    seeds = np.var([50, 75], ddof=1) / 2
    for found, by_prompt in ((run.passes("s"), [100, 50, 100, 0]), (run.over_base("s"), [0, -50, 100, 0])):
        prompts = np.var(by_prompt, ddof=1) / 4
        freedom = (prompts + seeds) ** 2 / (prompts**2 / 3 + seeds**2)
        half = stats.t.ppf(0.975, freedom) * (prompts + seeds) ** 0.5
        assert [*found] == pytest.approx([np.mean(by_prompt), np.mean(by_prompt) - half, np.mean(by_prompt) + half])
    assert run.base_passes.high == pytest.approx(
        50 + stats.t.ppf(0.975, 3) * (np.var([100, 100, 0, 0], ddof=1) / 4) ** 0.5
    )
    alone = SelectionRun(passed[passed["seed"] == 0], pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    assert np.isnan(alone.passes("s").low)  # one seed says nothing of another


def test_the_figure_says_what_its_marks_are_in_both_panels(made: OneExperiment) -> None:
    left, right = made.product("figures", "rejection_sampling_gains", *FRAMES).axes
    decisions = {table(made, DECISION_FILES(selection=name))["decision"][0] for name in made.block.selections}
    forms = {"GO": "GO", "GO-BUT": "GO", "NO-GO": "NO-GO"}
    assert {text.get_text() for text in right.get_legend().get_texts()} == {
        forms.get(one, "neither") for one in decisions
    }
    assert left.get_ylim() == right.get_ylim()
    named = [{text.get_text() for text in axes.texts} & set(made.block.selections) for axes in (left, right)]
    assert named == [set(made.block.selections) - {"whatever"}, set(made.block.selections)]  # a control has no twin


def test_every_stage_ran_and_loads_what_its_code_names(made: RecordedExperiment) -> None:
    for name in FRAMES:
        made.frame(name)
    assert {stage.key for stage in KIND.stages.values()} <= set(made.made)
    assert {stage: names for stage, names in made.unseen.items() if names} == {}


def test_a_later_round_asks_only_while_rows_are_lacking(made: OneExperiment, tmp_path: Path) -> None:
    """The second round is asked, after which all have their rows, so the third one asks for nothing."""
    sampling, selections = DRAWN | {"candidates": 1}, {"whatever": {"n": 20}}
    run = beside(made, tmp_path, rounds=3, shards=1, sampling=sampling, selections=selections)
    rounds = [table(run, SAMPLED_FILES(round=k, shard=1, shards=1)) for k in (1, 2, 3)]
    assert [len(one) for one in rounds] == [24, 24, 0]
    assert set(rounds[1]["sample"]) == {1}
    assert (rounds[0]["text"] != rounds[1]["text"]).mean() > 0.5
    kept = table(run, SELECTED_FILES(selection="whatever", arm="kept", seed=3))
    assert len(kept) == 20
    assert (kept["sample"] == 0).sum() == 12


def test_a_prompt_of_both_splits_is_told(tmp_path: Path) -> None:
    files = prompt_files(tmp_path)
    Path(files["test"]).write_text(Path(files["train"]).read_text())
    run = OneExperiment(block(files), tmp_path / "results")
    with pytest.raises(DataError, match=r"prompt 'train0' is prompt 'train0' of .*take it out of one"):
        run.file(next(iter(KIND.accounted(run.block))))


def test_candidates_that_exist_already(made: OneExperiment, tmp_path: Path) -> None:
    path = tmp_path / "candidates.jsonl"
    given = [{"prompt_id": f"train{k}", "text": "ok" if k % 2 else "OK"} for k in range(24) for _ in range(2)]
    path.write_text("".join(json.dumps(one) + "\n" for one in given))
    run = beside(made, tmp_path / "results", candidates={"path": str(path)})
    found = table(run, SAMPLED_FILES(round=1, shard=2, shards=2))
    assert found["prompt_id"].tolist() == [f"train{k}" for k in range(12, 24) for _ in range(2)]
    assert found["sample"].tolist() == [0, 1] * 12
    assert found["log_prob"].isna().all()
    path.write_text(json.dumps({"prompt_id": "nobody", "text": "x"}) + "\n")
    with pytest.raises(DataError, match="of prompt 'nobody', which is none of the train prompts"):
        beside(made, tmp_path / "other", candidates={"path": str(path)}).file(SAMPLED_FILES(round=1, shard=1, shards=2))


def test_a_verifier_that_keeps_nothing_says_what_to_do(made: OneExperiment, tmp_path: Path) -> None:
    path = tmp_path / "candidates.jsonl"
    surprising = {"text": "no", "log_prob": -100.0, "completion_tokens": 2}
    path.write_text("".join(json.dumps({"prompt_id": f"train{k}"} | surprising) + "\n" for k in range(24)))
    run = beside(made, tmp_path / "results", candidates={"path": str(path)}, shards=1)
    with pytest.raises(DataError, match=r"selections.truth keeps none of 12 candidates .12 not accepted.: set it to"):
        run.file(SELECTED_FILES(selection="truth", arm="kept", seed=3))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"files": None}, "give exactly one of questions and files"),
        ({"reference": "noisy"}, "'noisy' goes by what 'truth' says"),
        ({"reference": "likely"}, "'likely' only ranks"),
        ({"reference": "nobody"}, "'nobody' is not defined"),
        ({"selections": {"one": {"verifier": "nobody", "n": 1}}}, "'nobody' is not defined"),
        ({"selections": {"one": {"verifier": "likely", "n": 1}}}, "'likely' only ranks; take top or best"),
        ({"selections": {"one": {"rule": "top", "n": 1}}}, "top goes by a verifier"),
        ({"selections": {"one": {"verifier": "truth"}}}, "budget takes n: how many are kept"),
        ({"selections": {"base": {"n": 1}}}, "is the name of the base model itself"),
        ({"verifiers": {"truth": {"kind": "nothing"}}}, "none of the verifiers of answers"),
        ({"candidates": {"path": "a.jsonl"}, "rounds": 2}, "come in one round"),
        ({"sampling": DRAWN | {"temperature": 0}}, "temperature 0 gives the same answer"),
    ],
)
def test_what_config_refuses(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        RejectionSamplingSettings(**(block({"train": "a.jsonl", "test": "b.jsonl"}) | changes))


def test_seeds_share_all_prompts_evenly() -> None:
    asked = pa.table({"prompt_id": list("abcdefg")})
    sampled = pa.table({"prompt_id": list("aabbccddeeffgg")})
    shares = np.stack([share_of(asked, sampled, place=place, parts=3) for place in range(3)])
    assert (shares.sum(0) == 1).all()
    assert shares.sum(1).tolist() == [6, 4, 4]


@pytest.mark.parametrize("tasks", [2, 3])
@pytest.mark.parametrize("parts", [2, 3])
def test_seeds_have_questions_of_all_tasks_however_they_take_turns(tasks: int, parts: int) -> None:
    prompts = pa.table({"prompt_id": [f"task{number % tasks}-{number // tasks}" for number in range(60 * tasks)]})
    of_task = np.arange(60 * tasks) % tasks
    shares = [share_of(prompts, prompts, place=place, parts=parts) for place in range(parts)]
    found = np.array([np.bincount(of_task[share], minlength=tasks) for share in shares])
    assert found.sum(1).tolist() == [60 * tasks // parts] * parts
    assert found.min() > 0.5 * 60 / parts
