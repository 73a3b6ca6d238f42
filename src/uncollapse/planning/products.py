"""Tables, figures and claims of one configuration: what each is made from, and by which code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncollapse.analysis.table import NOTE
from uncollapse.artifacts.findings import FINDING_FILES
from uncollapse.artifacts.products import (
    FIGURE_FILES,
    FIGURE_PNG_FILES,
    TABLE_CSV_FILES,
    TABLE_FILES,
    TABLE_TEXT_FILES,
)
from uncollapse.errors import ConfigError
from uncollapse.experiments.found import kinds
from uncollapse.experiments.frames import Frame
from uncollapse.experiments.kind import Job, Read, Stage
from uncollapse.experiments.theory.settings import THEORY
from uncollapse.planning.measured import on_the_same_texts
from uncollapse.planning.reported import is_shown
from uncollapse.products.needs import REPORTED, module_of, needed, optional
from uncollapse.settings.checkout import of_checkout

if TYPE_CHECKING:
    from uncollapse.planning.plan import Plan

_BODIES = "uncollapse.products.stages"
_TABLES = {"parquet": TABLE_FILES, "csv": TABLE_CSV_FILES, "markdown": TABLE_TEXT_FILES}
# the stage that makes each kind of product, its priority, the name in the paths of its files, and these
STAGES = {
    "tables": ("make_table", 30, "table", _TABLES),
    "figures": ("draw_figure", 30, "figure", {"svg": FIGURE_FILES, "png": FIGURE_PNG_FILES}),
    "claims": ("check_claims", 0, "group", {"findings": FINDING_FILES}),
}


class ProductPlan:
    """The products of a plan's experiments and simulations."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._made: dict[str, dict[str, str]] = {}
        self._frames: dict[tuple[str, str], list[Read]] = {}
        self._values: dict[tuple[str, str], Any] = {}

    def share(self, other: ProductPlan) -> None:
        """Take what is known of the products of a plan whose experiments and products are the same."""
        self._made, self._frames, self._values = other._made, other._frames, other._values

    @cached_property
    def stages(self) -> dict[str, Stage]:
        """The stages that make products, by name; their block is the plan."""

        def job_of(kind: str, name: str) -> Callable[..., Job]:
            return lambda plan, **names: plan.products.job(kind, names[name])

        return {
            stage: Stage(
                name=stage,
                makes=makes,
                job=job_of(kind, name),
                body=f"{_BODIES}.{stage}",
                memory=2000,
                minutes=30,
                priority=priority,
            )
            for kind, (stage, priority, name, makes) in STAGES.items()
        }

    def of_kind(self, kind: str) -> dict[str, str]:
        """Name and experiment of every table, figure or group of claims whose frames the config has."""
        if kind not in self._made:
            every = {name: product.experiment for name, product in getattr(self.plan.settings, kind).items()}
            self._made[kind] = {name: of for name, of in every.items() if self._can_be_made(kind, name, of)}
        return self._made[kind]

    def shown(self, kind: str) -> dict[str, str]:
        """Name and experiment of every product of a kind that the report shows."""
        return {name: of for name, of in self.of_kind(kind).items() if is_shown(self.plan, of)}

    def paths(self, kind: str) -> list[str]:
        """Files of all products of a kind that the report shows."""
        return [file for name in self.shown(kind) for file in self._files_of(kind, name)]

    def of_experiment(self, experiment: str) -> list[str]:
        """Files of all that is made of one experiment, or of the simulations alone (``theory``)."""
        return self._files(lambda name, made_of: made_of == experiment)

    def targets(self) -> dict[str, list[str]]:
        """Files to ask for by one name: all of an experiment, or the tables and figures named after a paper."""
        found = {experiment: self.of_experiment(experiment) for experiment in self.plan.settings.experiments}
        names = [name for kind in ("tables", "figures") for name in self.of_kind(kind)]
        for paper in sorted({match[0] for name in names if (match := re.match(r"[a-z]+\d{4}(?=_)", name))}):
            found[paper] = self._files(lambda name, _, paper=paper: name.startswith(f"{paper}_"))
        return {name: files for name, files in found.items() if files}

    def about(self, target: str) -> str:
        """A target in a sentence: the files that it asks for."""
        if (experiment := self.plan.settings.experiments.get(target)) is not None:
            return f"All that is made of the experiment {target} (kind {experiment.kind}) alone."
        return f"The tables and figures of {target}."

    def _files(self, wanted: Callable[..., bool]) -> list[str]:
        return [
            file
            for kind in STAGES
            for name, made_of in self.of_kind(kind).items()
            if wanted(name, made_of)
            for file in self._files_of(kind, name)
        ]

    def _files_of(self, kind: str, name: str) -> list[str]:
        _, _, wildcard, makes = STAGES[kind]
        return self.plan.paths(THEORY, [artifact(**{wildcard: name}) for artifact in makes.values()])

    # jobs

    def job(self, kind: str, name: str) -> Job:
        """The job of one product: the frames that its function names, values of config, and for a table the paper's
        numbers and what was measured elsewhere. What it can do without is left out where the experiment has none.
        """
        experiment, spare = self.of_kind(kind)[name], optional(kind, name)
        known = self.plan.kind_of(experiment).values
        reads: dict[str, Read | list[Read]] = {}
        frames: dict[str, str] = {}
        values: dict[str, Any] = {}
        for argument in needed(kind, name):
            if argument in spare and not self._has(experiment, argument):
                continue
            if argument in known:
                values[argument] = self.value(experiment, argument)
                continue
            reads[argument] = self._frame(experiment, argument)
            if (of := self._declared(experiment, argument)) is not None:
                frames[argument] = of[0]
        if kind == "tables" and (reported := _csv("reported", name)):
            reads["reported"] = reported
        about: dict[str, Any] = {"product": name, "frames": frames, "values": values}
        if measured := self._elsewhere(kind, name):
            reads["measured"] = measured
            about[NOTE] = _how(measured).get("note", "")
        modules = [f"{kinds()[of].package}.frames" for of in sorted({*frames.values()})]
        return Job(reads=reads, values=about, plugins=[module_of(kind, name), *modules])

    def value(self, experiment: str, name: str) -> Any:
        """A value of config as a product's job is given it: rows as ``{"rows": [...]}``."""
        value = self.plan.kind_of(experiment).values[name]
        if (experiment, name) not in self._values:
            self._values[experiment, name] = value.of(self.plan.block(experiment))
        found = self._values[experiment, name]
        return {"rows": found} if value.rows else found

    def _elsewhere(self, kind: str, name: str) -> str | None:
        """The CSV of a product that stands in it: that of a table which was measured on the same kind of data."""
        measured = _csv("measured", name) if kind == "tables" else None
        if measured is None:
            return None
        settings = self.plan.settings.experiments.get(self.of_kind(kind)[name])
        return measured if on_the_same_texts(settings, lambda: _how(measured)["settings"]) else None

    def _can_be_made(self, kind: str, name: str, experiment: str) -> bool:
        """Whether the experiment has every frame, and rows of every value that is a table of them.

        One without groups, edits, students or the like has none of their products.
        """
        wanted = set(needed(kind, name)).difference(optional(kind, name))
        return self.plan.block(experiment) is not None and all(self._has(experiment, argument) for argument in wanted)

    def _has(self, experiment: str, argument: str) -> bool:
        """Whether there is a frame's file, or what a value says; rows that may be missing count as there."""
        value = self.plan.kind_of(experiment).values.get(argument)
        if value is None:
            return bool(self._frame(experiment, argument))
        return not value.rows or value.may_be_empty or bool(self.value(experiment, argument)["rows"])

    # frames

    def _declared(self, experiment: str, frame: str) -> tuple[str, Frame] | None:
        """A frame of the experiment's kind or of the simulations, with the kind's name."""
        for kind in (self.plan.kind_of(experiment), kinds()[THEORY]):
            if frame in kind.frames:
                return kind.name, kind.frames[frame]
        return None

    def _frame(self, experiment: str, frame: str) -> list[Read]:
        """The files of a frame, which several products ask for."""
        if (experiment, frame) not in self._frames:
            self._frames[experiment, frame] = self._files_of_frame(experiment, frame)
        return self._frames[experiment, frame]

    def _files_of_frame(self, experiment: str, frame: str) -> list[Read]:
        if (declared := self._declared(experiment, frame)) is not None:
            of, found = declared
            place = THEORY if of == THEORY else experiment
            return [file.of(place) for file in found.files(self.plan.block(place))]
        if frame.startswith(REPORTED):
            return [_csv("reported", frame.removeprefix(REPORTED)) or frame]
        return [TABLE_FILES(table=frame)]


def _csv(folder: str, name: str) -> str | None:
    """The CSV of what a paper prints (reported) or of what was measured elsewhere, at another scale; None without."""
    path = of_checkout(f"workflow/{folder}/{name}.csv")
    return path if Path(path).is_file() else None


def _how(measured: str) -> dict[str, Any]:
    """Facts that the JSON beside a measured table tells of it: at least its settings."""
    about = Path(measured).with_suffix(".json")
    try:
        found = json.loads(about.read_text(encoding="utf-8"))
        found["settings"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{about}: does not say how {measured} was measured ({error}); copy both") from error
    return found
