"""Models, data sets, paths and specs of the experiments of one configuration."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from uncollapse.config.experiment import ExperimentSettings
from uncollapse.config.settings import Settings
from uncollapse.fingerprint import code_of
from uncollapse.model_names import GENERATOR, GENERATOR_DATASET, Model
from uncollapse.planning.spec import spec
from uncollapse.plugins import module_name
from uncollapse.selection.settings import DatasetSettings


class ExperimentPlan:
    """Models, paths and specs of a configuration's experiments; ``overlays`` are the files merged over config.yaml."""

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
        return spec(task=settings.task, split=split, count=getattr(sample, split), seed=sample.seed)

    def train_spec(self, experiment: str, name: str) -> str:
        """For scripts/train.py."""
        settings, model = self.experiment(experiment), Model.parse(name)
        of_role: Any = settings.generator if model.role == GENERATOR else settings.downstream
        return spec(
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
