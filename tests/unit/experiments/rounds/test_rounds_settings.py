from typing import Any

import pytest
from pydantic import ValidationError
from stage_workflow import ROOT

from uncollapse.experiments.rounds.kind import KIND
from uncollapse.experiments.rounds.settings import RoundsSettings

TRAINING = {"batch_size": 8, "steps": 4}
COURSE = {
    "task": {"name": "addition"},
    "start": {"up_to": 2, "examples": 20, "training": TRAINING},
    "round": {"questions": 6, "training": TRAINING},
    "test": {"questions": 3, "up_to": 8},
}
PRETRAINED = {"base": "tiny", "start": {"steps": 2}, "round": {"steps": 1}, "apart": True}
UNTRAINED = COURSE | {
    "pretrained": PRETRAINED,
    "start": {"up_to": 2, "examples": 20},
    "round": {"questions": 6},
}
MAZES = COURSE | {"task": {"name": "maze", "by": "hops", "nodes": 9}}
FAST = {"kind": "accelerated", "after": 2, "by": "agreement"}
BLOCK: dict[str, Any] = {
    "kind": "rounds",
    "seeds": [4, 5],
    "courses": {"sums": COURSE, "mazes": MAZES},
    "runs": {
        "plain": {"course": "sums", "rounds": 4},
        "voted": {"course": "sums", "rounds": 4, "filters": [{"kind": "vote", "agree": 2}]},
        "fast": {"course": "sums", "rounds": 3, "schedule": FAST},
    },
    "avalanches": {"noise": {"run": "plain", "at": [2], "kinds": ["drop"], "rates": [0.25], "further": 2}},
}
NOISY = "plain-drop-25at2"


def block(**changes: Any) -> RoundsSettings:
    """The block with dotted keys set."""

    def put(part: Any, keys: list[str], value: Any) -> Any:
        return value if not keys else part | {keys[0]: put(part.get(keys[0], {}), keys[1:], value)}

    found: Any = BLOCK
    for key, value in changes.items():
        found = put(found, key.split("__"), value)
    return RoundsSettings.model_validate(found)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("courses__sums__start__up_to", 0, "greater than or equal to 1"),
        ("courses__mazes__start__up_to", 9, "difficulties from 1 to 8"),
        ("runs__plain__schedule", {"kind": "step", "step": 0}, "greater than or equal to 1"),
        (
            "runs__fast__schedule",
            FAST | {"after": 4},
            "round 4, but the run has 3, so that it never takes more than one",
        ),
        ("runs__plain__schedule", {"kind": "abrupt", "step": 10**9}, "less than or equal to 1000"),
        ("shards", 7, "7 jobs for 6 questions of a round of 'sums'; lower it"),
        ("runs__voted__filters", 2 * [{"kind": "vote", "agree": 2}], "another filter of kind 'vote' stands before it"),
        ("avalanches__noise__further", 3, "noise goes on to round 5, and 'plain', which it is held against, has 4"),
        ("courses__sums__round__questions", 5, "'fast' may ask for 6 difficulties; raise it to 6 or more"),
        ("runs__voted__filters", [{"kind": "vote", "agree": 3}], "3 models must agree, but there are 2"),
        ("runs__voted__filters", [{"kind": "valid", "checks": ["moves"]}], "no check 'moves'; known: none"),
        ("runs__maze", {"course": "mazes", "rounds": 7}, "reach difficulty 9, but the task ends at 8"),
        ("runs__plain__rounds", 7, "reaches difficulty 9, which is not tested"),
        ("runs__plain__at_random", True, "give filters"),
        ("runs__plain__course", "other", "'other' is not defined"),
        ("avalanches__noise__at", [5], "round 5, but 'plain' has 4 rounds"),
        ("avalanches__noise__run", "fast", "accelerated"),
        ("avalanches__noise__rates", [0.125], "no whole percentage"),
        ("courses__sums__task", {"name": "division"}, "is none of the tasks"),
        ("courses__sums__start", {"up_to": 2, "examples": 20}, "is missing; give steps, or the block pretrained"),
        ("courses__sums__pretrained", PRETRAINED, r"is of models from scratch; .* give pretrained\.start"),
    ],
)
def test_what_cannot_be_is_told(key: str, value: Any, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        block(**{key: value})


def test_one_model_cannot_tell_mastery_by_agreement() -> None:
    with pytest.raises(ValidationError, match="agreement of one model says nothing"):
        block(seeds=[4], runs__voted__filters=[])
    assert block(seeds=[4], runs__voted__filters=[], runs__fast__schedule=FAST | {"by": "truth"})


def test_a_task_without_a_scorer_is_refused(tmp_path) -> None:
    path = tmp_path / "counting.py"
    source = ["from pydantic import BaseModel", "class Settings(BaseModel):", "    name: str"]
    path.write_text("\n".join([*source, "def ask(difficulty, settings, rng): ...", ""]))
    with pytest.raises(ValidationError, match=r"lacks symbols, is_right, .* see uncollapse/rounds/tasks/__init__\.py"):
        block(courses__sums__task={"name": str(path)})


def test_a_run_with_noise_shares_what_comes_before_it() -> None:
    (noisy,) = (run for run in block().every_run() if run.noise)
    assert noisy.name == NOISY
    assert [noisy.made_by(number) for number in range(5)] == ["sums", "plain", NOISY, NOISY, NOISY]
    assert [noisy.made_by(number, labels=False) for number in (1, 2, 3)] == ["plain", "plain", NOISY]
    assert noisy.rounds == 4


def reads(stage: str, **names: Any) -> set[str]:
    """Paths of what a stage's job reads."""
    job = KIND.stages[stage].job(block(), **names)
    files = [one if isinstance(one, list) else [one] for one in job.reads.values()]
    return {file.path for some in files for file in some}


def test_a_round_depends_on_those_before_it_alone() -> None:
    assert reads("train_members", run="plain", round=2) == {
        "questions/sums.start.parquet",
        "members/plain.round1.safetensors",
        "members/plain.round1.optimizer.safetensors",
        "labels/plain.round1.parquet",
        "labels/plain.round2.parquet",
    }
    assert reads("train_members", run=NOISY, round=2) == {
        "questions/sums.start.parquet",
        "members/plain.round1.safetensors",
        "members/plain.round1.optimizer.safetensors",
        "labels/plain.round1.parquet",
        f"labels/{NOISY}.round2.parquet",
    }
    assert reads("filter_answers", run=NOISY, round=2) == {
        "questions/plain.round2.parquet",
        "answers/plain.round2.1of1.parquet",
    }
    assert reads("answer_questions", run=NOISY, round=3, shard=1, shards=1) == {
        f"questions/{NOISY}.round3.parquet",
        f"members/{NOISY}.round2.safetensors",
    }


def test_more_rounds_leave_the_earlier_ones_as_they_are() -> None:
    before, after = block(), block(runs__plain__rounds=6)
    for stage in ("ask_round", "filter_answers", "train_members"):
        jobs = [KIND.stages[stage].job(e, run="plain", round=3) for e in (before, after)]
        assert jobs[0] == jobs[1]


def test_files_that_a_run_shares_are_no_files_of_its_own() -> None:
    for stage, number in (("train_members", 1), ("ask_round", 2), ("filter_answers", 1), ("test_members", 1)):
        with pytest.raises(KeyError):
            KIND.stages[stage].job(block(), run=NOISY, round=number)
    with pytest.raises(KeyError):
        KIND.stages["train_members"].job(block(), run="plain", round=5)
    with pytest.raises(KeyError):
        KIND.stages["choose_difficulties"].job(block(), run="plain", round=1)


def test_each_pretrained_model_is_a_job_of_its_own() -> None:
    e = block(courses__sums=UNTRAINED)
    job = KIND.stages["fine_tune_member"].job(e, run="plain", round=2, seed=5)
    assert job.reads["initial"].path == "members/plain.round1.seed5.safetensors"
    assert job.config["training"] == "courses.sums.pretrained.round"
    first = KIND.stages["fine_tune_member"].job(e, run="sums", round=0, seed=5)
    assert first.reads["initial"].path == "base_models/tiny.safetensors"
    tested = KIND.stages["test_members"].job(e, run="sums", round=0)
    assert [file.path for file in tested.reads["members"]] == [
        f"members/sums.round0.seed{seed}.safetensors" for seed in (4, 5)
    ]
    for stage, names in (("train_members", {}), ("fine_tune_member", {"seed": 6})):
        with pytest.raises(KeyError):
            KIND.stages[stage].job(e, run="sums", round=0, **names)
    with pytest.raises(KeyError):
        KIND.stages["fine_tune_member"].job(block(), run="sums", round=0, seed=5)


def test_characters_of_texts_with_spaces_are_not_set_apart(tmp_path) -> None:
    task = (ROOT / "src/uncollapse/rounds/tasks/strings.py").read_text()
    path = tmp_path / "spaced.py"
    path.write_text(task.replace('+ "="', '+ "= "').replace('name: Literal["strings"]', "name: str"))
    asked = UNTRAINED | {"task": {"name": str(path), "answer": "copy"}}
    with pytest.raises(ValidationError, match="texts have spaces of their own; set it to false"):
        block(courses__sums=asked)
    assert block(courses__sums=asked | {"pretrained": PRETRAINED | {"apart": False}})
