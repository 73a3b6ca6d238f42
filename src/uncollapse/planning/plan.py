"""Everything that one configuration means in files and jobs: stages of all kinds, and the job behind each file.

The rules in workflow/ only ask here; nothing in this package knows Snakemake.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from uncollapse.artifacts.artifact import Artifact, File, folder_of
from uncollapse.config.settings import Settings
from uncollapse.experiments.found import kinds
from uncollapse.experiments.kind import Kind, Stage
from uncollapse.experiments.theory.settings import THEORY
from uncollapse.planning.fingerprint import Looks, code_of
from uncollapse.planning.products import ProductPlan
from uncollapse.planning.recipe import Dumped, Recipe, inputs_of, outputs_of, spec_text
from uncollapse.planning.report import ReportPlan
from uncollapse.settings.checkout import PROJECT

SCRIPT = "scripts/stage.py"  # the one command of every stage


class Plan:
    """All files and jobs of one configuration; ``overlays`` are the files merged over config.yaml."""

    def __init__(self, settings: Settings, *, overlays: Sequence[str] = ()) -> None:
        self.settings, self.overlays = settings, list(overlays)
        self.root = settings.results
        self.products = ProductPlan(self)
        self.report = ReportPlan(self)
        self._recipes: dict[tuple[Any, ...], Recipe] = {}
        self._codes: dict[tuple[str, ...], list[str]] = {}
        self._looks: Looks = {}
        self._dumped: Dumped = {}
        self._keys: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}  # one of all that are alike

    def about(self, experiments: Sequence[str]) -> "Plan":
        """The same plan with a report about these experiments alone; all that the report does not decide is shared."""
        report = self.settings.report.model_copy(update={"experiments": list(experiments)})
        found = Plan(self.settings.model_copy(update={"report": report}), overlays=self.overlays)
        found._codes, found._looks, found._dumped = self._codes, self._looks, self._dumped
        found.products.share(self.products)
        return found

    # experiments

    def kind_of(self, experiment: str) -> Kind:
        """The kind of an experiment, or of the simulations; KeyError for a name that config does not have."""
        return kinds()[THEORY if experiment == THEORY else self.settings.experiments[experiment].kind]

    def block(self, experiment: str) -> Any:
        """The settings of an experiment, or of the simulations."""
        return self.settings.theory if experiment == THEORY else self.settings.experiments[experiment]

    def blocks(self) -> Iterator[tuple[str, Kind, Any]]:
        """Name, kind and settings of every experiment, and of the simulations where they run."""
        for name in self.settings.experiments:
            yield name, self.kind_of(name), self.block(name)
        if self.settings.theory is not None:
            yield THEORY, kinds()[THEORY], self.settings.theory

    # stages

    @cached_property
    def rules(self) -> dict[str, list[Stage]]:
        """The stages of all kinds by name: kinds that share a name make the same files, so they are one rule."""
        found: dict[str, list[Stage]] = {}
        for kind in kinds().values():
            for name, stage in kind.stages.items():
                found.setdefault(name, []).append(stage)
        for name, stages in found.items():
            first, *others = [{key: made.template for key, made in stage.makes.items()} for stage in stages]
            assert all(other == first for other in others), f"kinds have other files in mind by stage {name}"
        return found | {name: [stage] for name, stage in self._of_all.items()}

    @cached_property
    def _of_all(self) -> dict[str, Stage]:
        """The stages of what is made of all experiments."""
        return {**self.products.stages, **self.report.stages}

    def log(self, rule: str) -> str:
        """Path of the logs of a rule's jobs below the folder of results, with names in braces."""
        names = self.rules[rule][0].names
        folders = ["logs", *(["{experiment}"] if "experiment" in names else []), rule]
        own = ".".join(f"{{{name}}}" for name in names if name != "experiment")
        return "/".join([*folders, own] if own else folders) + ".log"

    def stage(self, rule: str, experiment: str | None = None) -> Stage:
        """The stage behind a rule, of the experiment's kind; KeyError where that kind has none of the name."""
        if experiment is not None:
            return self.kind_of(experiment).stages[rule]
        return self.rules[rule][0]

    def only(self, rule: str) -> dict[str, list[str]]:
        """The values of names that a variant of a stage is for, its experiments among them; empty for other rules."""
        found: dict[str, list[str]] = {}
        for stage in self.rules[rule]:
            if stage.only is not None:
                name, values = stage.only
                mine = {
                    experiment: list(values(block))
                    for experiment, kind, block in self.blocks()
                    if kind.stages.get(rule) is stage
                }
                mine = {experiment: chosen for experiment, chosen in mine.items() if chosen}
                found = {"experiment": sorted(mine), name: sorted({value for each in mine.values() for value in each})}
        return found

    def maker(self, experiment: str, artifact: Artifact) -> Stage:
        """The stage that makes the files of a frame of an experiment, its own kind's before others'."""
        own, others = self.kind_of(experiment).stages.values(), [one for all in self.rules.values() for one in all]
        made = ((stage, each.template) for stage in [*own, *others] for each in stage.makes.values())
        return next(stage for stage, template in made if template == artifact.template)

    # jobs

    def recipe(self, rule: str, **names: Any) -> Recipe:
        """The job of a rule that makes the files of these names, ``experiment`` among them where they lie below one's.

        Raises
        ------
        KeyError
            Where config has no such files.
        """
        own = self.rules[rule][0].names
        key = (rule, *(names.items() if names.keys() != own.keys() else map(names.__getitem__, own)))
        if key not in self._recipes:
            self._recipes[key] = self._recipe(rule, names)
        return self._recipes[key]

    def _recipe(self, rule: str, names: Mapping[str, Any]) -> Recipe:
        names = dict(names)
        experiment = names.pop("experiment", None)
        stage = self.stage(rule, experiment)
        block, prefix = self._context(stage, experiment)
        typed = {name: int(value) if stage.names[name] == r"\d+" else value for name, value in names.items()}
        job = stage.job(block, **typed)
        inputs, outside = inputs_of(job, self.root, experiment)
        return Recipe(
            stage=stage.key,
            body=stage.body,
            code=[] if stage.fixed else self.code(stage.body, job.plugins),
            plugins=tuple(job.plugins),
            text=spec_text(job, block, self._dumped),
            inputs=inputs,
            outputs=outputs_of(stage, self.root, experiment, typed),
            outside=outside,
            keys=self._keys.setdefault(tuple(job.config.items()), job.config),
            prefix=prefix,
        )

    def _context(self, stage: Stage, experiment: str | None) -> tuple[Any, str]:
        """Settings that a stage's jobs are made from, and the key of config where they stand."""
        if experiment is not None:
            return self.block(experiment), f"experiments.{experiment}."
        if stage.name in self._of_all:
            return self, ""
        kind = next(kind for kind in kinds().values() if kind.stages.get(stage.name) is stage)
        assert kind.block is not None
        return kind.block(self.settings), f"{THEORY}." if kind.name == THEORY else ""

    def code(self, body: str, plugins: Sequence[str] = ()) -> list[str]:
        """Code that a body runs, for Snakemake to compare: see :func:`uncollapse.planning.fingerprint.code_of`."""
        key = (body, *plugins)
        if key not in self._codes:
            self._codes[key] = code_of(PROJECT / SCRIPT, plugins=key, looks=self._looks)
        return self._codes[key]

    def as_code_is_now(self, recipe: Recipe) -> Recipe:
        """A recipe with the hashes of its code as it lies there now, which a run of hours may have outlived."""
        return (
            replace(recipe, code=code_of(PROJECT / SCRIPT, plugins=(recipe.body, *recipe.plugins)))
            if recipe.code
            else recipe
        )

    def recipe_of(self, path: str | Path) -> Recipe | None:
        """The job that makes a file; None where this plan makes no such file."""
        found = self._job_of(str(path))
        return None if found is None else self.recipe(found[0].name, **found[1])

    def logs_of(self, path: str | Path) -> list[str]:
        """Logs that the job which makes a file writes, if it is one of a variant's or not; empty without such a job."""
        found = self._job_of(str(path))
        if found is None:
            return []
        stage, names = found
        rules = [name for name, stages in self.rules.items() for one in stages if stage.name in (name, one.variant_of)]
        return [f"{self.root}/{self.log(rule)}".format(**names) for rule in dict.fromkeys(rules)]

    def rule_of(self, path: str) -> Stage | None:
        """The stage of the rule that makes a file, a variant where that takes the job; None without such a job."""
        found = self._job_of(path)
        if found is None:
            return None
        stage, names = found
        for rule, stages in self.rules.items():
            for one in stages:
                only = self.only(rule) if one.variant_of == stage.name and one.body == stage.body else {}
                if only and all(names.get(name) in values for name, values in only.items()):
                    return one
        return stage

    def _job_of(self, path: str) -> tuple[Stage, dict[str, Any]] | None:
        """The stage and the names of the job that makes a file."""
        if not path.startswith(f"{self.root}/"):
            return None
        relative = path.removeprefix(f"{self.root}/")
        for stage, artifact in self._by_folder.get(folder_of(relative), []):
            names = artifact.names_in(relative)
            if names is None:
                continue
            try:
                if self.stage(stage.name, names.get("experiment")) is stage:
                    self.recipe(stage.name, **names)
                    return stage, names
            except KeyError:  # a name that this config does not have
                continue
        return None

    @cached_property
    def _by_folder(self) -> dict[str, list[tuple[Stage, Artifact]]]:
        """Stages and what they make, by the folder it lies in; variants make nothing that their stage does not."""
        found: dict[str, list[tuple[Stage, Artifact]]] = {}
        for stages in self.rules.values():
            for stage in stages:
                for artifact in stage.makes.values() if stage.variant_of is None else ():
                    found.setdefault(artifact.folder, []).append((stage, artifact))
        return found

    # files

    def paths(self, experiment: str, files: Sequence[File]) -> list[str]:
        """Paths of files as jobs of an experiment name them."""
        return [file.below(self.root, experiment) for file in files]

    def accounted(self) -> list[str]:
        """Every artifact that says how many rows came in, were kept and were dropped."""
        return [path for name, kind, block in self.blocks() for path in self.paths(name, list(kind.accounted(block)))]

    def simulations(self) -> list[str]:
        """The tables of all simulations that run."""
        kind, theory = kinds()[THEORY], self.settings.theory
        return self.paths(THEORY, list(kind.accounted(theory)))

    def counted_as(self) -> dict[str, str]:
        """The fate of rows on the way into the files of each folder, in words."""
        made = [artifact for stages in self.rules.values() for stage in stages for artifact in stage.makes.values()]
        return {artifact.folder: artifact.counts for artifact in made if artifact.counts}
