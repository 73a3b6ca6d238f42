"""Tables, figures and claims of one configuration: what each is made from, and by which code."""

import json
import re
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from uncollapse.analysis.table import NOTE
from uncollapse.errors import ConfigError
from uncollapse.experiments.theory.settings import THEORY
from uncollapse.planning.fingerprint import code_of
from uncollapse.planning.spec import spec
from uncollapse.planning.theory import TheoryPlan
from uncollapse.products.needs import FROM_CONFIG, REPORTED, module_of, needed, optional
from uncollapse.theory.simulate import simulation_names

# which script makes a product
PRODUCT_STAGES = {"tables": "make_table", "figures": "draw_figure", "claims": "check_claims"}
PRODUCT_SUFFIXES = {"tables": (".parquet", ".csv", ".md"), "figures": (".svg", ".png"), "claims": (".parquet",)}

_MAIN, _GROUPED = ("generator", "downstream"), ("grouped",)
# frames of many models: the kind of artifact, and the roles of the models whose artifacts they hold
FRAMES = {
    "curves": ("curves", _MAIN),
    "group_curves": ("curves", _GROUPED),
    "evaluations": ("evaluations", _MAIN),
    "generator_evaluations": ("evaluations", ("generator",)),
    "group_evaluations": ("evaluations", _GROUPED),
    "outcomes": ("outcomes", _MAIN),
    "group_outcomes": ("outcomes", _GROUPED),
}


class ProductPlan(TheoryPlan):
    """A :class:`TheoryPlan` with the products made of experiments and simulations."""

    def products(self, kind: str) -> dict[str, str]:
        """Name and experiment of every table, figure or group of claims whose frames the config has."""
        return self._products[kind]

    def product_paths(self, kind: str, suffixes: Iterable[str] | None = None) -> list[str]:
        """Files of all products of a kind, with these suffixes alone where some are named."""
        return [file for name in self.products(kind) for file in self._files_of(kind, name, suffixes)]

    def products_of(self, experiment: str) -> list[str]:
        """Files of all that is made of one experiment, or of the simulations alone (``theory``)."""
        return self._product_files(lambda name, made_of: made_of == experiment)

    def targets(self) -> dict[str, list[str]]:
        """Files to ask for by one name: all of an experiment, or the tables and figures named after a paper."""
        found = {experiment: self.products_of(experiment) for experiment in self.settings.experiments}
        names = [name for kind in ("tables", "figures") for name in self.products(kind)]
        for paper in sorted({match[0] for name in names if (match := re.match(r"[a-z]+\d{4}(?=_)", name))}):
            found[paper] = self._product_files(lambda name, _, paper=paper: name.startswith(f"{paper}_"))
        return {name: files for name, files in found.items() if files}

    def _product_files(self, wanted: Callable[..., bool]) -> list[str]:
        return [
            file
            for kind in PRODUCT_SUFFIXES
            for name, made_of in self.products(kind).items()
            if wanted(name, made_of)
            for file in self._files_of(kind, name)
        ]

    def _files_of(self, kind: str, name: str, suffixes: Iterable[str] | None = None) -> list[str]:
        wanted = PRODUCT_SUFFIXES[kind] if suffixes is None else suffixes
        return [f"{self.root}/{kind}/{name}{suffix}" for suffix in wanted]

    def reported(self, name: str) -> str | None:
        """The CSV with the numbers that a paper prints; None for what no paper has."""
        return self._csv("reported", name)

    def measured(self, name: str) -> str | None:
        """The CSV of a table that was measured elsewhere, at another scale; None where it was not."""
        return self._csv("measured", name)

    def _elsewhere(self, kind: str, name: str) -> str | None:
        """The CSV of a product that stands in it: that of a table which was measured on the same kind of data."""
        measured = self.measured(name) if kind == "tables" else None
        return measured if measured and self._on_the_same_texts(self.products(kind)[name], measured) else None

    def _on_the_same_texts(self, experiment: str, measured: str) -> bool:
        """Whether a measured table is of this experiment's corpus and base model; sequences have neither."""
        settings = self.settings.experiments.get(experiment)
        if settings is None or settings.kind != "text":
            return True
        theirs = _how(measured)["settings"]
        return (theirs["data"]["corpus"], theirs["base"]) == (settings.data.corpus, settings.base)

    def _csv(self, folder: str, name: str) -> str | None:
        path = self.of_checkout(f"workflow/{folder}/{name}.csv")
        return path if Path(path).is_file() else None

    def product_code(self, kind: str, name: str) -> list[str]:
        """What make_table, draw_figure or check_claims runs for one product."""
        return code_of(self.scripts / f"{PRODUCT_STAGES[kind]}.py", plugins=[module_of(kind, name)])

    def product_inputs(self, kind: str, name: str) -> dict[str, list[str]]:
        """Files of every frame that the product's function names, and for a table the paper's numbers.

        A frame that the product can do without is left out where the experiment has none.
        """
        experiment, spare = self.products(kind)[name], optional(kind, name)
        found = {frame: self._frame(experiment, frame) for frame in needed(kind, name) if frame not in FROM_CONFIG}
        found = {frame: files for frame, files in found.items() if files or frame not in spare}
        if kind == "tables" and (reported := self.reported(name)):
            found["reported"] = [reported]
        if measured := self._elsewhere(kind, name):
            found["measured"] = [measured]
        return found

    def product_spec(self, kind: str, name: str) -> str:
        """For the product's script: its name, the values of config it asks for, and the note on a measured table."""
        experiment = self.products(kind)[name]
        values = {what: self._value(experiment, what) for what in needed(kind, name) if what in FROM_CONFIG}
        if measured := self._elsewhere(kind, name):
            values[NOTE] = _how(measured).get("note", "")
        return spec(product=name, **values)

    def product_value(self, kind: str, name: str, what: str) -> Any:
        """One of the values of config that a product asks for."""
        return self._value(self.products(kind)[name], what)

    @cached_property
    def _products(self) -> dict[str, dict[str, str]]:
        return {
            kind: {
                name: product.experiment
                for name, product in getattr(self.settings, kind).items()
                if (
                    self._simulated_for(kind, name)
                    if product.experiment == THEORY
                    else self._measured_for(kind, name, product.experiment)
                )
            }
            for kind in PRODUCT_STAGES
        }

    @cached_property
    def _frames(self) -> dict[str, dict[str, list[str]]]:
        return {name: self.product_frames(name) for name in self.settings.experiments}

    @cached_property
    def _simulations(self) -> frozenset[str]:
        return frozenset(simulation_names())

    def _simulated_for(self, kind: str, name: str) -> bool:
        wanted = self._simulations.intersection(needed(kind, name))
        return self.settings.theory is not None and wanted <= self.simulated().keys()

    def _measured_for(self, kind: str, name: str, experiment: str) -> bool:
        """Whether the experiment has every frame: one without groups, edits or the like has none of their products."""
        wanted = set(needed(kind, name)).difference(FROM_CONFIG, optional(kind, name))
        return all(self._frame(experiment, frame) for frame in wanted)

    def _frame(self, experiment: str, frame: str) -> list[str]:
        if frame == "text_baselines":
            return [self.path(experiment, "baselines", "test")]
        frame = frame.removeprefix("text_")  # the same files, read with the other kind's schemas
        if frame in self._simulations:
            return [self.simulation_path(frame)]
        if frame.startswith(REPORTED):
            return [self.reported(frame.removeprefix(REPORTED)) or frame]
        if experiment == THEORY:
            return [f"{self.root}/tables/{frame}.parquet"]
        if frame in (own := self._frames[experiment]):
            return own[frame]
        kind, roles = FRAMES.get(frame, ("", ()))
        if kind == "curves":
            models = [*self.generators(experiment), *self.downstream(experiment), *self.grouped(experiment)]
            chosen = [model.name for model in models if model.role in roles]
            return [self.path(experiment, "models", name, ".curve.parquet") for name in chosen]
        if kind:
            return [
                self.path(experiment, kind, f"{model.name}.{decoding}")
                for model, decoding in self.evaluations(experiment)
                if model.role in roles
            ]
        if frame in ("proxy", "kept"):
            return [self.path(experiment, frame, name) for name in getattr(self, f"{frame}_datasets")(experiment)]
        return [f"{self.root}/tables/{frame}.parquet"]

    def _value(self, experiment: str, what: str) -> Any:
        return self.of(experiment).product_values(experiment)[what]


def _how(measured: str) -> dict[str, Any]:
    """What the JSON beside a measured table says of it: at least its settings."""
    about = Path(measured).with_suffix(".json")
    try:
        found = json.loads(about.read_text(encoding="utf-8"))
        found["settings"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{about}: does not say how {measured} was measured ({error}); copy both") from error
    return found
