"""Frames and values of experiments in rounds."""

from typing import Any

from uncollapse.experiments.frames import Frame, Value
from uncollapse.experiments.rounds.artifacts import ACCURACY_FILES, CHOSEN_FILES, FILTERED_FILES, MEMBER_CURVE_FILES

_ABOUT = ("run", "round")


def _tested(e: Any) -> list[tuple[str, int]]:
    return [*((course, 0) for course in e.courses), *e.own_rounds()]


FRAMES = {
    "accuracies": Frame(
        artifact=ACCURACY_FILES,
        files=lambda e: [ACCURACY_FILES(run=run, round=number) for run, number in _tested(e)],
        about=_ABOUT,
    ),
    "member_curves": Frame(
        artifact=MEMBER_CURVE_FILES,
        files=lambda e: [
            MEMBER_CURVE_FILES(run=run, round=number)
            for run, number in _tested(e)
            if e.courses[run if number == 0 else e.run(run, number).settings.course].pretrained is None
        ],
        about=_ABOUT,
    ),
    "filtered": Frame(
        artifact=FILTERED_FILES,
        files=lambda e: [FILTERED_FILES(run=run, round=number) for run, number in e.own_rounds()],
        about=_ABOUT,
    ),
    "chosen": Frame(
        artifact=CHOSEN_FILES,
        files=lambda e: [
            CHOSEN_FILES(run=run, round=number)
            for run, number in e.own_rounds()
            if run in e.runs and e.runs[run].schedule.kind == "accelerated"
        ],
        about=_ABOUT,
    ),
}


def _told(one: Any) -> str:
    """A filter with its settings: two of a kind may differ in these alone."""
    given = [(name, value) for name, value in one.model_dump().items() if name != "kind"]
    words = [f"{name} {', '.join(value) if isinstance(value, list) else value}" for name, value in given]
    return f"{one.kind} ({'; '.join(words)})" if words else one.kind


def _run_rows(e: Any) -> list[dict[str, Any]]:
    """A row for each run; ``of`` is the run that it follows up to the round with noise."""
    rows = []
    for run in e.every_run():
        filters = [one.kind for one in run.settings.filters]
        schedule, noise = run.settings.schedule, run.noise
        rows.append(
            {
                "run": run.name,
                "of": run.of,
                "course": run.settings.course,
                "rounds": run.rounds,
                "schedule": schedule.kind,
                "by": getattr(schedule, "by", ""),
                "after": getattr(schedule, "after", 0),
                "step": getattr(schedule, "step", 1),
                "filters": "+".join(filters),
                "keeps": " and ".join(map(_told, run.settings.filters)),
                "at_random": run.settings.at_random,
                "noise": noise.kind if noise else "",
                "rate": noise.rate if noise else 0.0,
                "at": noise.at if noise else 0,
            }
        )
    return rows


def _size(course: Any) -> dict[str, Any]:
    """Length of the initial training and sizes of a model from scratch, its layers' matrices counted; 0 of others."""
    if course.pretrained is not None:
        return {"base": course.pretrained.base, "steps": 0, "dimension": 0, "layers": 0, "parameters": 0}
    model = course.model
    parameters = model.layers * model.dimension * (4 * model.dimension + 3 * model.inside)
    found = {"dimension": model.dimension, "layers": model.layers, "parameters": parameters}
    return {"base": "", "steps": course.start.training.steps, **found}


def _course_rows(e: Any) -> list[dict[str, Any]]:
    """A row for each course: its task, how far its initial data go, and its models; ``base`` where pretrained."""
    return [
        {
            "course": name,
            "task": course.task.name,
            "variant": next(
                (
                    str(getattr(course.task, key))
                    for key in ("order", "answer", "by", "dataset")
                    if hasattr(course.task, key)
                ),
                "",
            ),
            "start": course.start.up_to,
            "examples": course.start.examples,
            "tested": course.test.up_to,
            **_size(course),
            "title": course.title,
        }
        for name, course in e.courses.items()
    ]


VALUES = {
    "runs": Value(_run_rows, rows=True),
    "courses": Value(_course_rows, rows=True),
    "members": Value(lambda e: len(e.seeds)),
}
