"""What a configuration means in files and jobs: names, paths, and the slice of config that each job depends on.

The rules in workflow/ only ask here; nothing in this module knows Snakemake.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from uncollapse.config.experiment import ExperimentSettings
from uncollapse.config.settings import Settings
from uncollapse.fingerprint import code_of
from uncollapse.model_names import GENERATOR, GENERATOR_DATASET, Model
from uncollapse.plugins import module_name
from uncollapse.reporting.needs import FROM_CONFIG, module_of, needed
from uncollapse.selection.settings import DatasetSettings
from uncollapse.splits import SPLITS

# which script makes a product
PRODUCT_STAGES = {"tables": "make_table", "figures": "draw_figure", "claims": "check_claims"}


class Plan:
    """Paths and specs of one configuration; ``overlays`` are the config files merged over config.yaml."""

    def __init__(self, settings: Settings, *, scripts: Path, overlays: Sequence[str] = ()) -> None:
        self.settings, self.scripts, self.overlays = settings, scripts, list(overlays)
        self.root = settings.results

    def experiment(self, name: str) -> ExperimentSettings:
        """The settings of one experiment."""
        return self.settings.experiments[name]

    def code(self, stage: str, experiment: str | None = None, *, verifier: str | None = None) -> list[str]:
        """What the stage runs, for Snakemake to compare: see :func:`uncollapse.fingerprint.code_of`."""
        plugins = []
        if experiment is not None:
            settings = self.experiment(experiment)
            plugins.append(module_name(settings.task.name, package="tasks"))  # type: ignore[attr-defined]
            if verifier is not None:
                plugins.append(module_name(settings.verifiers[verifier].kind, package="verifiers"))  # type: ignore[attr-defined]
        return code_of(self.scripts / f"{stage}.py", plugins=plugins)

    # models and data sets

    def generators(self, experiment: str) -> list[Model]:
        """All generators; the first one labels."""
        return [Model(GENERATOR_DATASET, seed) for seed in self.experiment(experiment).generator.seeds]

    def downstream(self, experiment: str) -> list[Model]:
        """All models trained on the experiment's data sets, one seed of each before the next."""
        settings = self.experiment(experiment)
        return [Model(name, seed) for seed in settings.downstream.seeds for name in settings.trained_datasets()]

    def dataset(self, experiment: str, name: str) -> DatasetSettings:
        """The settings of a data set, the generators' own included."""
        if name == GENERATOR_DATASET:
            return DatasetSettings(select="labels", split="train")
        return self.experiment(experiment).datasets[name]

    def evaluations(self, experiment: str) -> Iterator[tuple[Model, str]]:
        """Every model with every decoding it is evaluated with."""
        chosen = self.experiment(experiment).evaluation
        for model in self.generators(experiment):
            yield from ((model, decoding) for decoding in chosen.generator)
        for model in self.downstream(experiment):
            yield from ((model, decoding) for decoding in chosen.downstream)

    # paths

    def path(self, experiment: str, kind: str, name: str, suffix: str = ".parquet") -> str:
        """An artifact of an experiment."""
        return f"{self.root}/{experiment}/{kind}/{name}{suffix}"

    def candidates(self, experiment: str, model: Model, split: str, decoding: str) -> list[str]:
        """All shards of a model's candidates."""
        shards = self.shards(experiment, split)
        stem = f"{model.name}.{split}.{decoding}"
        return [self.path(experiment, "candidates", f"{stem}.{k}of{shards}") for k in range(1, shards + 1)]

    def scores(self, experiment: str, model: Model, decoding: str, verifier: str) -> list[str]:
        """All shards of a verifier's scores of synthesized candidates."""
        shards = self.shards(experiment, "synthesize")
        stem = f"{model.name}.synthesize.{decoding}.{verifier}"
        return [self.path(experiment, "scores", f"{stem}.{k}of{shards}") for k in range(1, shards + 1)]

    def shards(self, experiment: str, split: str) -> int:
        """Jobs that share the labelling of a split."""
        return self.experiment(experiment).shards if split == "synthesize" else 1

    def selection_inputs(self, experiment: str, name: str, *, with_truth: bool = False) -> dict[str, list[str] | str]:
        """What a data set is selected from; with the oracle's scores where asked for."""
        dataset = self.dataset(experiment, name)
        found: dict[str, list[str] | str] = {"prompts": self.path(experiment, "prompts", dataset.split)}
        if dataset.decoding is not None:
            labeller = self.generators(experiment)[0]
            found["candidates"] = self.candidates(experiment, labeller, dataset.split, dataset.decoding)
            if dataset.verifier is not None:
                found["scores"] = self.scores(experiment, labeller, dataset.decoding, dataset.verifier)
            if with_truth:
                oracle = self.experiment(experiment).proxy.oracle
                found["truth"] = self.scores(experiment, labeller, dataset.decoding, oracle)
        return found

    def training_inputs(self, experiment: str, name: str) -> dict[str, str]:
        """What a model is trained and validated on, and where it starts."""
        model = Model.parse(name)
        found = {
            "dataset": self.path(experiment, "datasets", model.dataset),
            "validation": self.path(experiment, "prompts", "validation"),
        }
        initial = self.experiment(experiment).downstream.initial
        if model.role != GENERATOR and initial is not None:
            generator = self.path(experiment, "models", self.generators(experiment)[0].name, ".safetensors")
            found["initial"] = generator if initial == GENERATOR else initial
        return found

    # specs: the slice of config a job depends on, as one sorted JSON string

    def sample_spec(self, experiment: str, split: str) -> str:
        """For scripts/sample.py."""
        settings = self.experiment(experiment)
        sample = settings.sample
        return _spec(task=settings.task, split=split, count=getattr(sample, split), seed=sample.seed)

    def train_spec(self, experiment: str, name: str) -> str:
        """For scripts/train.py."""
        settings, model = self.experiment(experiment), Model.parse(name)
        of_role: Any = settings.generator if model.role == GENERATOR else settings.downstream
        return _spec(
            task=settings.task,
            model=of_role.model or settings.generator.model,
            training=of_role.training,
            compute=settings.compute,
            seed=model.seed,
            validation={"tolerance": settings.evaluation.validation_tolerance},
        )

    def label_spec(self, experiment: str, split: str, decoding: str, shard: int) -> str:
        """For scripts/label.py."""
        settings = self.experiment(experiment)
        return _spec(
            task=settings.task,
            compute=settings.compute,
            beams=settings.decodings[decoding].beams,
            prompts=settings.labelled(decoding) if split == "synthesize" else getattr(settings.sample, split),
            shard=shard,
            shards=self.shards(experiment, split),
        )

    def verify_spec(self, experiment: str, verifier: str) -> str:
        """For scripts/verify.py."""
        settings = self.experiment(experiment)
        return _spec(task=settings.task, verifier=settings.verifiers[verifier])

    def selection_spec(self, experiment: str, name: str) -> str:
        """For scripts/select_data.py and compare_kept.py."""
        settings, dataset = self.experiment(experiment), self.dataset(experiment, name)
        return _spec(task=settings.task, dataset=dataset, available=settings.available(dataset))

    def proxy_spec(self, experiment: str, name: str) -> str:
        """For scripts/estimate_proxy.py."""
        settings, dataset = self.experiment(experiment), self.dataset(experiment, name)
        return _spec(dataset=dataset, available=settings.available(dataset), resamples=settings.proxy.resamples)

    def evaluate_spec(self, experiment: str, decoding: str) -> str:
        """For scripts/evaluate_model.py."""
        settings = self.experiment(experiment)
        tolerances = settings.evaluation.tolerances
        return _spec(task=settings.task, tolerances=tolerances, beams=settings.decodings[decoding].beams)

    # products: tables, figures and claims

    def products(self, kind: str) -> dict[str, str]:
        """Name and experiment of every table, figure or group of claims."""
        return {name: product.experiment for name, product in getattr(self.settings, kind).items()}

    def product_code(self, kind: str, name: str) -> list[str]:
        """What make_table, draw_figure or check_claims runs for one product."""
        return code_of(self.scripts / f"{PRODUCT_STAGES[kind]}.py", plugins=[module_of(kind, name)])

    def product_inputs(self, kind: str, name: str) -> dict[str, list[str]]:
        """Files of every frame that the product's function names."""
        experiment = self.products(kind)[name]
        return {frame: self._frame(experiment, frame) for frame in needed(kind, name) if frame not in FROM_CONFIG}

    def product_spec(self, kind: str, name: str) -> str:
        """For the product's script: its name, and the values of config it asks for."""
        experiment = self.products(kind)[name]
        values = {what: self._value(experiment, what) for what in needed(kind, name) if what in FROM_CONFIG}
        return _spec(product=name, **values)

    def _frame(self, experiment: str, frame: str) -> list[str]:
        generators = self.generators(experiment)
        models = [*generators, *self.downstream(experiment)]
        if frame == "curves":
            return [self.path(experiment, "models", model.name, ".curve.parquet") for model in models]
        if frame in ("evaluations", "generator_evaluations", "outcomes"):
            kind = "outcomes" if frame == "outcomes" else "evaluations"
            return [
                self.path(experiment, kind, f"{model.name}.{decoding}")
                for model, decoding in self.evaluations(experiment)
                if model in generators or frame != "generator_evaluations"
            ]
        if frame in ("proxy", "kept"):
            return [self.path(experiment, frame, name) for name in getattr(self, f"{frame}_datasets")(experiment)]
        return [f"{self.root}/tables/{frame}.parquet"]

    def proxy_datasets(self, experiment: str) -> list[str]:
        """Data sets of synthesized labels, which have a p_*."""
        return [name for name, dataset in self.experiment(experiment).datasets.items() if dataset.decoding is not None]

    def kept_datasets(self, experiment: str) -> list[str]:
        """Data sets whose selector drops prompts, so that kept and dropped ones can be compared."""
        return [name for name, dataset in self.experiment(experiment).datasets.items() if dataset.select == "correct"]

    def _value(self, experiment: str, what: str) -> Any:
        settings = self.experiment(experiment)
        values: dict[str, Any] = {
            "datasets": [self._dataset_row(experiment, name) for name in settings.trained_datasets()],
            "order": settings.trained_datasets(),
            "labelling_seed": settings.generator.seeds[0],
            "training_examples": settings.sample.train,
            "matrix_size": getattr(settings.task, "matrix_size", None),
        }
        return values[what]

    def _dataset_row(self, experiment: str, name: str) -> dict[str, Any]:
        settings, dataset = self.experiment(experiment), self.dataset(experiment, name)
        verifier = settings.verifiers.get(dataset.verifier or "")
        return {
            "dataset": name,
            "select": dataset.select,
            "beams": settings.decodings[dataset.decoding].beams if dataset.decoding else None,
            "verifier": dataset.verifier,
            "verifier_kind": getattr(verifier, "kind", None),
            "tolerance": getattr(verifier, "tolerance", None),
            "rows": dataset.size or settings.available(dataset),
        }

    # the report

    def accounted(self) -> list[str]:
        """Every artifact that says how many rows came in, were kept and were dropped."""
        files: list[str] = []
        for name, settings in self.settings.experiments.items():
            labeller = self.generators(name)[0]
            files += [self.path(name, "prompts", split) for split in SPLITS]
            decodings = dict.fromkeys(d.decoding for d in settings.datasets.values() if d.decoding)
            for decoding in decodings:
                files += self.candidates(name, labeller, "synthesize", decoding)
            for decoding, verifier in dict.fromkeys((d.decoding, d.verifier) for d in settings.datasets.values()):
                if decoding and verifier:
                    files += self.scores(name, labeller, decoding, verifier)
            files += [self.path(name, "datasets", dataset) for dataset in (GENERATOR_DATASET, *settings.datasets)]
        return files

    def report_inputs(self) -> dict[str, list[str]]:
        """All that the report shows."""
        found = {
            "tables": [f"{self.root}/tables/{name}.parquet" for name in self.settings.tables],
            "figures": [f"{self.root}/figures/{name}.svg" for name in self.settings.figures],
            "claims": [f"{self.root}/claims.parquet"],
            "accounted": self.accounted(),
        }
        for name in self.settings.experiments:
            found[f"proxy.{name}"] = self._frame(name, "proxy")
            found[f"kept.{name}"] = self._frame(name, "kept")
        return found

    def report_code(self) -> list[str]:
        """The report reads every table's and figure's declarations, so it runs their modules too."""
        modules = [module_of(kind, name) for kind in ("tables", "figures") for name in self.products(kind)]
        return code_of(self.scripts / "write_report.py", plugins=modules)

    def report_spec(self) -> str:
        """For scripts/write_report.py."""
        sections = []
        for name, settings in self.settings.experiments.items():
            artifacts = [
                {"kind": kind, "name": product, "modules": self._modules(kind, product)}
                for kind in ("tables", "figures")
                for product, experiment in self.products(kind).items()
                if experiment == name
            ]
            sections.append({"experiment": name, "settings": settings, "artifacts": artifacts})
        return _spec(
            scale=self.settings.scale,
            note=self.settings.note,
            results=self.root,
            overlays=self.overlays,
            sections=sections,
        )

    def _modules(self, kind: str, name: str) -> list[str]:
        return [entry.partition("@")[0] for entry in self.product_code(kind, name) if "@" in entry]


def _spec(**parts: Any) -> str:
    return json.dumps(parts, sort_keys=True, default=lambda part: part.model_dump(mode="json"))
