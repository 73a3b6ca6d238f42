"""The block of config of an experiment in rounds: courses, which say what is learned and how, and runs of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from uncollapse.compute.settings import ComputeSettings
from uncollapse.experiments.rounds.course_settings import MOST, CourseSettings
from uncollapse.rounds.noise import Noise
from uncollapse.rounds.plugins import TASKS, Filter
from uncollapse.rounds.schedule import Schedule, StepSchedule, new
from uncollapse.settings.finding import load_plugin
from uncollapse.settings.misfit import Misfit
from uncollapse.settings.references import Refers, check_references
from uncollapse.settings.values import Name, Seeds, Strict, Unique


class RunSettings(Strict):
    """Rounds of self-improvement: how many, with which difficulties and filters."""

    course: Annotated[Name, Refers("courses")] = Field(description="of courses")
    rounds: int = Field(ge=1, le=999, description="after the initial training; more of them extend the run")
    schedule: Schedule = StepSchedule()
    filters: list[Filter] = Field(default=[], description="that an answer must pass, one after the other")
    at_random: bool = Field(
        default=False, description="a control: keep as many answers as pass the filters, which ones is drawn at random"
    )


class AvalancheSettings(Strict):
    """Runs that continue another one after noise has been put into the labels of one of its rounds (Figure 24)."""

    run: Annotated[Name, Refers("runs")] = Field(description="of runs, which these follow up to the noise")
    at: Annotated[list[Annotated[int, Field(ge=1)]], Unique, Field(min_length=1)] = Field(
        description="rounds whose labels get noise, one in each run"
    )
    kinds: Annotated[list[Noise], Unique, Field(min_length=1)] = Field(description="of noise")
    rates: Annotated[list[Annotated[float, Field(gt=0, lt=1)]], Unique, Field(min_length=1)] = Field(
        description="shares of labels that get noise, in whole percent"
    )
    further: int = Field(default=5, ge=1, le=MOST, description="rounds after the one with noise")


@dataclass(frozen=True)
class Injection:
    """Label noise of one round."""

    at: int
    kind: Noise
    rate: float


@dataclass(frozen=True)
class Run:
    """One run, by the name that its files have; ``settings`` are those of the run of config that it follows."""

    name: str
    of: str
    settings: RunSettings
    rounds: int
    noise: Injection | None = None

    def made_by(self, number: int, *, labels: bool = True) -> str:
        """Name in files of what this run has in round ``number``: its own, or that of the run that it follows.

        Noise is in the labels of its round, and in all that follows from them; questions and answers of that round
        (``labels=False``) are those of the run that is followed.
        """
        if number == 0:
            return self.settings.course
        own = self.noise is None or number > self.noise.at or (labels and number == self.noise.at)
        return self.name if own else self.of


class RoundsSettings(Strict):
    """Models that label ever harder questions and learn from their own answers, round after round."""

    kind: Literal["rounds"] = Field(description="self-improvement from easy to hard")
    title: str = Field(default="", description="heading in the report")
    about: str = Field(default="", description="a paragraph on the experiment, shown in the report")
    seeds: Seeds = Field(description="of models that are trained side by side, and vote where a filter asks for it")
    sample_seed: int = Field(default=0, ge=0, description="of all questions")
    compute: ComputeSettings = ComputeSettings()
    shards: int = Field(default=1, ge=1, le=1000, description="jobs that share the labelling of a round")
    courses: dict[Name, CourseSettings] = Field(min_length=1)
    runs: dict[Name, RunSettings] = Field(min_length=1)
    avalanches: dict[Name, AvalancheSettings] = Field(default={}, description="runs with label noise")

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "RoundsSettings":
        check_references(self)
        for name, course in self.courses.items():
            first, last = self.bounds(name)
            for key, value in (("start.up_to", course.start.up_to), ("test.up_to", course.test.up_to)):
                if not first <= value <= (last or value):
                    text = f"the task has difficulties from {first}" + (f" to {last}" if last else "")
                    raise Misfit(f"courses.{name}.{key}", f"{text}, got {value}; change it, or the task's sizes")
            if course.start.examples < course.start.up_to - first + 1:
                raise Misfit(f"courses.{name}.start.examples", "fewer than difficulties; raise it, or lower up_to")
            if self.shards > course.round.questions:
                text = f"{self.shards} jobs for {course.round.questions} questions of a round of {name!r}; lower it"
                raise Misfit("shards", text)
        for name, run in self.runs.items():
            self._check_run(name, run)
            self._check_schedule(name, run)
        for name, avalanche in self.avalanches.items():
            if (last := self.runs[avalanche.run].rounds) < max(avalanche.at):
                text = f"round {max(avalanche.at)}, but {avalanche.run!r} has {last} rounds; lower it, or add rounds"
                raise Misfit(f"avalanches.{name}.at", text)
            if self.runs[avalanche.run].schedule.kind == "accelerated":
                raise Misfit(
                    f"avalanches.{name}.run", f"the schedule of {avalanche.run!r} is accelerated; take another"
                )
            if last < (reached := max(avalanche.at) + avalanche.further):
                text = f"noise goes on to round {reached}, and {avalanche.run!r}, which it is held against, has {last}"
                raise Misfit(f"avalanches.{name}.further", f"{text} rounds; lower it, or add rounds to that run")
            for rate in avalanche.rates:
                if abs(100 * rate - round(100 * rate)) > 1e-9:
                    raise Misfit(f"avalanches.{name}.rates", f"{rate} is no whole percentage; round it")
        names = [run.name for run in self.every_run()]
        if len(set(names)) < len(names):
            raise Misfit("avalanches", "two of them have the same noise in the same run; remove one")
        for run in self.every_run():
            self._check_reach(run)
        return self

    def _check_run(self, name: str, run: RunSettings) -> None:
        task = self.courses[run.course].task
        checks = list(getattr(load_plugin(task.name, package=TASKS), "CHECKS", {}))  # type: ignore[attr-defined]
        for number, one in enumerate(run.filters):
            misfit = getattr(one, "misfit", None)
            if misfit is not None and (text := misfit(len(self.seeds), checks)) is not None:
                raise Misfit(f"runs.{name}.filters.{number}", text)
        kinds = [one.kind for one in run.filters]  # type: ignore[attr-defined]
        for number, kind in enumerate(kinds):
            if kind in kinds[:number]:
                text = f"another filter of kind {kind!r} stands before it; join them, or remove one"
                raise Misfit(f"runs.{name}.filters.{number}", text)
        if run.at_random and not run.filters:
            raise Misfit(f"runs.{name}.at_random", "as many answers as which filters keep? give filters")

    def _check_schedule(self, name: str, run: RunSettings) -> None:
        schedule = run.schedule
        if schedule.kind != "accelerated":
            return
        if schedule.after > run.rounds:
            text = (
                f"round {schedule.after}, but the run has {run.rounds}, so that it never takes more than one difficulty"
            )
            raise Misfit(f"runs.{name}.schedule.after", f"{text}; lower it, or add rounds")
        if schedule.by == "agreement" and len(self.seeds) < 2:
            text = "agreement of one model says nothing, as it agrees with itself on everything"
            raise Misfit(f"runs.{name}.schedule.by", f"{text}; add seeds, or set it to truth")

    def _check_reach(self, run: Run) -> None:
        course = self.courses[run.settings.course]
        schedule = run.settings.schedule
        if schedule.kind == "accelerated":
            reached, asked = course.start.up_to + run.rounds, course.test.up_to - course.start.up_to
        else:
            reached = course.start.up_to + schedule.step * run.rounds
            asked = len(new(schedule, start=0, number=1, rounds=run.settings.rounds))
        last = self.bounds(run.settings.course)[1]
        if last is not None and reached > last:
            text = f"{run.rounds} rounds of {run.name!r} reach difficulty {reached}, but the task ends at {last}"
            raise Misfit(f"runs.{run.of}.rounds", f"{text}; lower it, or enlarge the task")
        if course.test.up_to < reached:
            text = f"{run.name!r} reaches difficulty {reached}, which is not tested; raise it"
            raise Misfit(f"courses.{run.settings.course}.test.up_to", text)
        if course.round.questions < asked:
            text = f"a round of {run.name!r} may ask for {asked} difficulties; raise it to {asked} or more"
            raise Misfit(f"courses.{run.settings.course}.round.questions", text)

    # what follows from names

    def bounds(self, course: str) -> tuple[int, int | None]:
        """The least and the largest difficulty of a course's task."""
        task = self.courses[course].task
        return load_plugin(task.name, package=TASKS).bounds(task)  # type: ignore[attr-defined]

    def every_run(self) -> Iterator[Run]:
        """All runs, those of avalanches after those that config names."""
        for name, run in self.runs.items():
            yield Run(name, name, run, run.rounds)
        for avalanche in self.avalanches.values():
            followed = self.runs[avalanche.run]
            for at in avalanche.at:
                for kind in avalanche.kinds:
                    for rate in avalanche.rates:
                        name = f"{avalanche.run}-{kind}-{round(100 * rate)}at{at}"
                        noise = Injection(at, kind, rate)
                        yield Run(name, avalanche.run, followed, at + avalanche.further, noise)

    def run(self, name: str, number: int) -> Run:
        """A run that has a round ``number`` of its own, by its name in files; KeyError where config has none."""
        if not 1 <= number <= self._by_name[name].rounds:
            raise KeyError(name, number)
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Run]:
        return {run.name: run for run in self.every_run()}

    def own_rounds(self, *, labels: bool = True) -> Iterator[tuple[str, int]]:
        """Run and number of every round that a run has for itself: see :meth:`Run.made_by`."""
        for run in self.every_run():
            for number in range(1, run.rounds + 1):
                if run.made_by(number, labels=labels) == run.name:
                    yield run.name, number
