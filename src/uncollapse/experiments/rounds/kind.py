"""Experiments in rounds: questions, answers, filters, training and tests, one job for each round and stage."""

from collections.abc import Iterator
from dataclasses import replace

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.base_models import BASE_MODEL_FILES
from uncollapse.experiments.kind import Job, Kind, Read
from uncollapse.experiments.rounds.answers import MEMBERS
from uncollapse.experiments.rounds.artifacts import (
    ACCURACY_FILES,
    ANSWER_FILES,
    CHOSEN_FILES,
    FILTERED_FILES,
    LABEL_FILES,
    LANGUAGE_CURVE_FILES,
    LANGUAGE_MEMBER_FILES,
    MEMBER_CURVE_FILES,
    MEMBER_FILES,
    QUESTION_FILES,
    START_FILES,
    STATE_FILES,
    TEST_FILES,
)
from uncollapse.experiments.rounds.frames import FRAMES, VALUES
from uncollapse.experiments.rounds.settings import RoundsSettings as Settings
from uncollapse.experiments.rounds.settings import Run
from uncollapse.rounds.filtering import PACKAGE as FILTERS
from uncollapse.rounds.plugins import TASKS
from uncollapse.rounds.questions import START, TEST
from uncollapse.rounds.schedule import new
from uncollapse.settings.finding import module_name

KIND = Kind("rounds", Settings, frames=FRAMES, values=VALUES)


def _task(e: Settings, course: str) -> list[str]:
    return [module_name(e.courses[course].task.name, package=TASKS)]  # type: ignore[attr-defined]


def _own(e: Settings, run: str, round: int, *, labels: bool = True) -> Run:
    """The run of a file that it makes itself; KeyError for one that it shares with the run that it follows."""
    found = e.run(run, round)
    if found.made_by(round, labels=labels) != run:
        raise KeyError(run, round)
    return found


def _course(e: Settings, run: str, round: int) -> str:
    """The course of a run's models after a round that it makes itself; round 0 lies under the course's name."""
    return run if round == 0 and run in e.courses else _own(e, run, round).settings.course


def _answered_by(e: Settings, course: str, run: str, round: int) -> Job:
    """Inputs, spec and code of a stage that lets a course's models answer, those of a run after a round."""
    pretrained = e.courses[course].pretrained
    if pretrained is None:
        return Job(
            reads={"members": MEMBER_FILES(run=run, round=round)},
            config={"compute": "compute"},
            values={"members": "decoders"},
            plugins=[module_name("decoders", package=MEMBERS)],
        )
    engine = "vllm" if pretrained.engine.name == "vllm" else "transformers"
    return Job(
        reads={"members": [LANGUAGE_MEMBER_FILES(run=run, round=round, seed=seed) for seed in e.seeds]},
        config={name: f"courses.{course}.pretrained.{name}" for name in ("engine", "apart")},
        values={"members": "language_models"},
        plugins=[module_name("language_models", package=MEMBERS), f"uncollapse.language.engines.{engine}_engine"],
    )


# questions


@KIND.stage(questions=START_FILES, body="ask_questions", minutes=240)
def ask_start(e: Settings, *, course: str) -> Job:
    """Questions of the initial training, with true answers."""
    start = e.courses[course].start
    return Job(
        config={"task": f"courses.{course}.task", "count": f"courses.{course}.start.examples", "seed": "sample_seed"},
        values={"purpose": START, "difficulties": list(range(e.bounds(course)[0], start.up_to + 1))},
        plugins=_task(e, course),
    )


@KIND.stage(questions=TEST_FILES, body="ask_questions")
def ask_test(e: Settings, *, course: str) -> Job:
    """Test questions of every difficulty, which no model learns from."""
    test = e.courses[course].test
    difficulties = list(range(e.bounds(course)[0], test.up_to + 1))
    return Job(
        config={"task": f"courses.{course}.task", "seed": "sample_seed"},
        values={"purpose": TEST, "difficulties": difficulties, "count": test.questions * len(difficulties)},
        plugins=_task(e, course),
    )


@KIND.stage(chosen=CHOSEN_FILES, memory=500)
def choose_difficulties(e: Settings, *, run: str, round: int) -> Job:
    """Difficulties of a round of an accelerated run: all that the models already master, and at least one."""
    chosen = _own(e, run, round)
    if chosen.settings.schedule.kind != "accelerated":
        raise KeyError(run, round)
    course, reads = (
        e.courses[chosen.settings.course],
        {"accuracies": ACCURACY_FILES(run=chosen.made_by(round - 1), round=round - 1)},
    )
    if round > 1:
        reads["before"] = CHOSEN_FILES(run=run, round=round - 1)
    return Job(
        reads=reads,
        config={"schedule": f"runs.{run}.schedule"},
        values={"start": course.start.up_to, "round": round, "hardest": course.test.up_to},
    )


@KIND.stage(questions=QUESTION_FILES, body="ask_questions")
def ask_round(e: Settings, *, run: str, round: int) -> Job:
    """New questions of a round; runs of a course that ask for the same difficulties get the same ones."""
    asked = _own(e, run, round, labels=False)
    course, schedule = asked.settings.course, asked.settings.schedule
    reads, values = {}, {"purpose": round}
    if schedule.kind == "accelerated":
        reads["chosen"] = CHOSEN_FILES(run=run, round=round)
    else:
        start, rounds = e.courses[course].start.up_to, e.runs[asked.of].rounds
        values["difficulties"] = new(schedule, start=start, number=round, rounds=rounds)
    return Job(
        reads=reads,
        config={"task": f"courses.{course}.task", "count": f"courses.{course}.round.questions", "seed": "sample_seed"},
        values=values,
        plugins=_task(e, course),
    )


# answers


@KIND.stage(answers=ANSWER_FILES, memory=8000, minutes=240, priority=20, gpu=True)
def answer_questions(e: Settings, *, run: str, round: int, shard: int, shards: int) -> Job:
    """Answers of all models to a shard of a round's questions."""
    asked = _own(e, run, round, labels=False)
    if shards != e.shards:
        raise KeyError(shards)
    course = asked.settings.course
    answered = _answered_by(e, course, asked.made_by(round - 1), round - 1)
    return replace(
        answered,
        reads={"questions": QUESTION_FILES(run=run, round=round), **answered.reads},
        config={"task": f"courses.{course}.task", "seeds": "seeds", **answered.config},
        values={"shard": shard, "shards": shards, **answered.values},
        plugins=[*_task(e, course), *answered.plugins],
    )


@KIND.stage(labels=LABEL_FILES, filtered=FILTERED_FILES, priority=20)
def filter_answers(e: Settings, *, run: str, round: int) -> Job:
    """Answers that models learn from, and p_* of the filters that keep them; label noise comes before the filters."""
    filtered = _own(e, run, round)
    asked, course = filtered.made_by(round, labels=False), filtered.settings.course
    shards = range(1, e.shards + 1)
    noise = filtered.noise if filtered.noise is not None and filtered.noise.at == round else None
    return Job(
        reads={
            "questions": QUESTION_FILES(run=asked, round=round),
            "answers": [ANSWER_FILES(run=asked, round=round, shard=shard, shards=e.shards) for shard in shards],
        },
        config={
            "task": f"courses.{course}.task",
            "filters": f"runs.{filtered.of}.filters",
            "at_random": f"runs.{filtered.of}.at_random",
            "seeds": "seeds",
            "seed": "sample_seed",
        },
        values={"round": round, "run": run}
        | ({} if noise is None else {"noise": {"kind": noise.kind, "rate": noise.rate}}),
        plugins=[*_task(e, course), *(module_name(one.kind, package=FILTERS) for one in filtered.settings.filters)],  # type: ignore[attr-defined]
    )


# models


def _learned_from(e: Settings, course: str, run: str, round: int) -> tuple[dict[str, Read | list[Read]], dict]:
    """Files that a round's models learn from, and the part of the spec that goes with them."""
    reads: dict[str, Read | list[Read]] = {"start": START_FILES(course=course)}
    if round:
        mine = e.run(run, round)
        reads["labels"] = [LABEL_FILES(run=mine.made_by(number), round=number) for number in range(1, round + 1)]
    return reads, {"round": round, "difficulties": e.courses[course].start.up_to - e.bounds(course)[0] + 1}


@KIND.stage(
    members=MEMBER_FILES, state=STATE_FILES, curve=MEMBER_CURVE_FILES, memory=8000, minutes=1440, priority=10, gpu=True
)
def train_members(e: Settings, *, run: str, round: int) -> Job:
    """All models of a run after a round: of the initial data alone, or from the round before on its own labels too."""
    course = _course(e, run, round)
    settings = e.courses[course]
    if settings.pretrained is not None:
        raise KeyError(run)
    reads, values = _learned_from(e, course, run, round)
    config = {"task": f"courses.{course}.task", "compute": "compute", "seeds": "seeds"}
    if round == 0:
        config |= {"model": f"courses.{course}.model", "training": f"courses.{course}.start.training"}
    else:
        before = e.run(run, round).made_by(round - 1)
        reads["members"] = MEMBER_FILES(run=before, round=round - 1)
        reads["state"] = STATE_FILES(run=before, round=round - 1)
        config["training"] = f"courses.{course}.round.training"
    return Job(reads=reads, config=config, values=values, plugins=_task(e, course))


@KIND.stage(weights=LANGUAGE_MEMBER_FILES, curve=LANGUAGE_CURVE_FILES, memory=8000, minutes=1440, priority=10, gpu=True)
def fine_tune_member(e: Settings, *, run: str, round: int, seed: int) -> Job:
    """A pretrained language model of a run after a round: of the initial data alone, or with its own labels too."""
    course = _course(e, run, round)
    pretrained = e.courses[course].pretrained
    if pretrained is None or seed not in e.seeds:
        raise KeyError(run, seed)
    reads, values = _learned_from(e, course, run, round)
    if round == 0:
        reads["initial"] = BASE_MODEL_FILES(base_model=pretrained.base)
    else:
        before = e.run(run, round).made_by(round - 1)
        reads["initial"] = LANGUAGE_MEMBER_FILES(run=before, round=round - 1, seed=seed)
    part = f"courses.{course}.pretrained"
    training = f"{part}.{'round' if round else 'start'}"
    return Job(
        reads=reads,
        config={"compute": "compute", "training": training, "apart": f"{part}.apart"},
        values={**values, "seed": seed},
    )


@KIND.stage(accuracies=ACCURACY_FILES, memory=8000, minutes=240, priority=20, gpu=True)
def test_members(e: Settings, *, run: str, round: int) -> Job:
    """Accuracy of all models by difficulty, and how often they agree."""
    course = _course(e, run, round)
    answered = _answered_by(e, course, run, round)
    return replace(
        answered,
        reads={"questions": TEST_FILES(course=course), **answered.reads},
        config={"task": f"courses.{course}.task", "seeds": "seeds", **answered.config},
        plugins=[*_task(e, course), *answered.plugins],
    )


@KIND.accounts
def accounted(e: Settings) -> Iterator[File]:
    """Every question, answer and label."""
    for course in e.courses:
        yield from (START_FILES(course=course), TEST_FILES(course=course))
    for run, number in e.own_rounds(labels=False):
        yield QUESTION_FILES(run=run, round=number)
        yield from (ANSWER_FILES(run=run, round=number, shard=k, shards=e.shards) for k in range(1, e.shards + 1))
    for run, number in e.own_rounds():
        yield LABEL_FILES(run=run, round=number)
