"""Models, data sets, paths and specs of the experiments of one configuration."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from uncollapse.artifacts.model_names import GENERATOR, GENERATOR_DATASET, Model
from uncollapse.config.settings import Settings
from uncollapse.experiments.sequence.settings import ExperimentSettings
from uncollapse.planning.base_models import BaseModelPlan
from uncollapse.planning.fingerprint import code_of
from uncollapse.planning.spec import spec
from uncollapse.selection.settings import DatasetSettings
from uncollapse.settings.finding import module_name
from uncollapse.tasks.splits import SPLITS


class ExperimentPlan(BaseModelPlan):
    """Models, paths and specs of a configuration's experiments; ``overlays`` are the files merged over config.yaml."""

    def __init__(self, settings: Settings, *, scripts: Path, overlays: Sequence[str] = ()) -> None:
        self.settings, self.scripts, self.overlays = settings, scripts, list(overlays)
        self.root = settings.results

    def experiment(self, name: str) -> ExperimentSettings:
        """The settings of one experiment."""
        return self.settings.experiments[name]

    def script(self, stage: str, experiment: str) -> str:
        """The name of a stage's command."""
        return stage

    def code(self, stage: str, experiment: str | None = None, *, verifier: str | None = None) -> list[str]:
        """What the stage runs, for Snakemake to compare: see :func:`uncollapse.planning.fingerprint.code_of`."""
        plugins = []
        if experiment is not None:
            settings = self.experiment(experiment)
            plugins.append(module_name(settings.task.name, package="tasks"))  # type: ignore[attr-defined]
            if verifier is not None:
                plugins.append(module_name(settings.verifiers[verifier].kind, package="verifiers.sequences"))  # type: ignore[attr-defined]
            if stage in ("select_data", "compare_kept", "estimate_proxy"):
                selectors = {dataset.select for dataset in settings.datasets.values()} | {"labels"}  # of generators
                plugins += [module_name(name, package="selection.sequences") for name in sorted(selectors)]
        return code_of(self.scripts / f"{stage}.py", plugins=plugins)

    # models and data sets

    def generators(self, experiment: str) -> list[Model]:
        """All generators; the first one labels."""
        return [Model(GENERATOR_DATASET, seed) for seed in self.experiment(experiment).generator.seeds]

    def downstream(self, experiment: str) -> list[Model]:
        """All models trained on the experiment's data sets, one seed of each before the next."""
        settings = self.experiment(experiment)
        return [Model(name, seed) for seed in settings.downstream.seeds for name in settings.trained_datasets()]

    def grouped(self, experiment: str) -> list[Model]:
        """All models of the experiment's groups."""
        settings = self.experiment(experiment)
        return [
            Model(name, seed, group)
            for group, trained in settings.groups.items()
            for seed in trained.seeds
            for name in settings.trained_datasets(group)
        ]

    def dataset(self, experiment: str, name: str) -> DatasetSettings:
        """The settings of a data set, the generators' own included."""
        if name == GENERATOR_DATASET:
            return DatasetSettings(select="labels", split="train")
        return self.experiment(experiment).datasets[name]

    def product_values(self, experiment: str) -> dict[str, Any]:
        """What products ask of config, by the name of their argument."""
        settings = self.experiment(experiment)
        return {
            "datasets": [self._dataset_row(experiment, name) for name in settings.trained_datasets()],
            "groups": [
                self._group_row(experiment, group) | self._dataset_row(experiment, name)
                for group in settings.groups
                for name in settings.trained_datasets(group)
            ],
            "order": settings.trained_datasets(),
            "labelling_seed": settings.generator.seeds[0],
            "training_examples": settings.sample.train,
            "matrix_size": getattr(settings.task, "matrix_size", None),
        }

    def _group_row(self, experiment: str, group: str) -> dict[str, Any]:
        """What a group's models start from: null, the name of a model, or of a file."""
        initial = self.experiment(experiment).groups[group].initial
        start = self.start(experiment, initial) if initial is not None else None
        return {"group": group, "start": initial if start is None else start.name}

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

    def product_frames(self, experiment: str) -> dict[str, list[str]]:
        """Files of frames that only experiments of this kind have, by the frame's name."""
        return {}

    def accounted(self, experiment: str) -> list[str]:
        """Every artifact of an experiment that says how many rows came in, were kept and were dropped."""
        settings, labeller = self.experiment(experiment), self.generators(experiment)[0]
        files = [self.path(experiment, "prompts", split) for split in SPLITS]
        decodings = dict.fromkeys(d.decoding for d in settings.datasets.values() if d.decoding)
        for decoding in decodings:
            files += self.candidates(experiment, labeller, "synthesize", decoding)
        for decoding, verifier in dict.fromkeys((d.decoding, d.verifier) for d in settings.datasets.values()):
            if decoding and verifier:
                files += self.scores(experiment, labeller, decoding, verifier)
        files += [self.path(experiment, "datasets", dataset) for dataset in (GENERATOR_DATASET, *settings.datasets)]
        return files + [self.path(experiment, "datasets", model.dataset) for model in self.further(experiment)]

    def report_extras(self, experiment: str) -> dict[str, list[str]]:
        """Further files that the report shows of this experiment."""
        return {}

    def evaluations(self, experiment: str) -> Iterator[tuple[Model, str]]:
        """Every model with every decoding it is evaluated with."""
        chosen = self.experiment(experiment).evaluation
        for model in self.generators(experiment):
            yield from ((model, decoding) for decoding in chosen.generator)
        for model in [*self.downstream(experiment), *self.grouped(experiment)]:
            yield from ((model, decoding) for decoding in chosen.downstream)

    def further(self, experiment: str) -> list[Model]:
        """Models beside generators and those of data sets: none in a sequence experiment."""
        return []

    def proxy_datasets(self, experiment: str) -> list[str]:
        """Data sets of synthesized labels, which have a p_*."""
        return [name for name, dataset in self.experiment(experiment).datasets.items() if dataset.decoding is not None]

    def kept_datasets(self, experiment: str) -> list[str]:
        """Data sets whose selector drops prompts, so that kept and dropped ones can be compared."""
        return [name for name, dataset in self.experiment(experiment).datasets.items() if dataset.select == "correct"]

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

    def sample_inputs(self, experiment: str, split: str) -> dict[str, str]:
        """What prompts are drawn from: nothing but the task."""
        return {}

    def verifier_inputs(self, experiment: str, verifier: str, decoding: str) -> dict[str, list[str] | str]:
        """What a verifier reads beside prompts and candidates: nothing."""
        return {}

    def training_inputs(self, experiment: str, name: str) -> dict[str, str]:
        """What a model is trained and validated on, and where it starts."""
        model = Model.parse(name)
        found = {
            "dataset": self.path(experiment, "datasets", model.dataset),
            "validation": self.path(experiment, "prompts", "validation"),
        }
        if model.role != GENERATOR and (initial := self.trained(experiment, model).initial) is not None:
            start = self.start(experiment, initial)
            found["initial"] = initial if start is None else self.path(experiment, "models", start.name, ".safetensors")
        return found

    def start(self, experiment: str, initial: str) -> Model | None:
        """The model that ``initial`` names in config; None for the path of a file."""
        if initial == GENERATOR:
            return self.generators(experiment)[0]
        settings = self.experiment(experiment)
        if initial not in settings.groups:
            return None
        return Model(settings.trained_datasets(initial)[0], settings.groups[initial].seeds[0], initial)

    def trained(self, experiment: str, model: Model) -> Any:
        """The block of config that says how a model is trained."""
        settings = self.experiment(experiment)
        if model.group:
            return settings.groups[model.group]
        return settings.generator if model.role == GENERATOR else settings.downstream

    # specs: the slice of config a job depends on, as one sorted JSON string

    def sample_spec(self, experiment: str, split: str) -> str:
        """For scripts/sample.py."""
        settings = self.experiment(experiment)
        sample = settings.sample
        return spec(task=settings.task, split=split, count=getattr(sample, split), seed=sample.seed)

    def train_spec(self, experiment: str, name: str) -> str:
        """For scripts/train.py."""
        settings, model = self.experiment(experiment), Model.parse(name)
        trained = self.trained(experiment, model)
        return spec(
            task=settings.task,
            model=trained.model or settings.generator.model,
            training=trained.training,
            compute=settings.compute,
            seed=model.seed,
            validation={"tolerance": settings.evaluation.validation_tolerance},
        )

    def label_spec(self, experiment: str, split: str, decoding: str, shard: int) -> str:
        """For scripts/label.py."""
        settings = self.experiment(experiment)
        return spec(
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
        return spec(task=settings.task, verifier=settings.verifiers[verifier])

    def selection_spec(self, experiment: str, name: str) -> str:
        """For scripts/select_data.py and compare_kept.py."""
        settings, dataset = self.experiment(experiment), self.dataset(experiment, name)
        return spec(task=settings.task, dataset=dataset, available=settings.available(dataset))

    def proxy_spec(self, experiment: str, name: str) -> str:
        """For scripts/estimate_proxy.py."""
        settings, dataset = self.experiment(experiment), self.dataset(experiment, name)
        return spec(dataset=dataset, available=settings.available(dataset), resamples=settings.proxy.resamples)

    def evaluate_spec(self, experiment: str, decoding: str) -> str:
        """For scripts/evaluate_model.py."""
        settings = self.experiment(experiment)
        tolerances = settings.evaluation.tolerances
        return spec(task=settings.task, tolerances=tolerances, beams=settings.decodings[decoding].beams)
