"""Models, data sets, paths and specs of experiments with language models."""

from collections.abc import Iterator
from typing import Any

from uncollapse.artifacts.model_names import GENERATOR, GENERATOR_DATASET, Model
from uncollapse.experiments.text.settings import BASE, TextExperimentSettings
from uncollapse.planning.experiments import ExperimentPlan
from uncollapse.planning.fingerprint import code_of
from uncollapse.planning.spec import spec
from uncollapse.selection.text_settings import TextDatasetSettings
from uncollapse.settings.finding import module_name

# the command of each stage, where it is another than a sequence experiment's
SCRIPTS = {
    "sample": "sample_text",
    "train": "train_text",
    "label": "label_text",
    "verify": "verify_text",
    "select_data": "select_text",
    "estimate_proxy": "estimate_proxy_text",
    "evaluate_model": "evaluate_text",
}


class TextPlan(ExperimentPlan):
    """What a text experiment does otherwise than a sequence experiment."""

    def experiment(self, name: str) -> TextExperimentSettings:  # type: ignore[override]
        """The settings of one experiment."""
        found = self.settings.experiments[name]
        assert isinstance(found, TextExperimentSettings), name
        return found

    def script(self, stage: str, experiment: str) -> str:
        """The name of a stage's command."""
        return SCRIPTS.get(stage, stage)

    def code(self, stage: str, experiment: str | None = None, *, verifier: str | None = None) -> list[str]:
        """What the stage runs, with the verifier that it finds by name."""
        assert experiment is not None
        settings, plugins = self.experiment(experiment), []
        if verifier is not None:
            kind: str = settings.verifiers[verifier].kind  # type: ignore[attr-defined]
            plugins.append(module_name(kind, package="verifiers.texts"))
        if stage in ("select_data", "estimate_proxy"):
            selectors = {dataset.select for dataset in settings.datasets.values()} | {"labels"}  # of generators
            plugins += [module_name(name, package="selection.texts") for name in sorted(selectors)]
        if stage == "label" or (verifier is not None and settings.model_of(verifier) is not None):
            engine = "vllm" if settings.engine.name == "vllm" else "transformers"  # auto: their results agree
            plugins.append(f"uncollapse.language.engines.{engine}_engine")
        return code_of(self.scripts / f"{self.script(stage, experiment)}.py", plugins=plugins)

    # models and data sets

    def grouped(self, experiment: str) -> list[Model]:
        """None: all models of a text experiment that are trained alike are those of ``downstream``."""
        return []

    def further(self, experiment: str) -> list[Model]:
        """Models on true answers beside the generators: verifiers and references."""
        return [Model(name, model.seed) for name, model in self.experiment(experiment).models.items()]

    def dataset(self, experiment: str, name: str) -> TextDatasetSettings:  # type: ignore[override]
        """The settings of a data set; those of generators and further models follow from their shares."""
        settings = self.experiment(experiment)
        if name == GENERATOR_DATASET:
            return TextDatasetSettings(select="labels", split="train")
        if name in settings.models:
            return TextDatasetSettings(select="labels", share=settings.models[name].train_share)
        return settings.datasets[name]

    def evaluations(self, experiment: str) -> Iterator[tuple[Model, str]]:
        """Every model, with the decoding it is evaluated with."""
        decoding = self.experiment(experiment).evaluation.decoding
        models = [*self.generators(experiment), *self.further(experiment), *self.downstream(experiment)]
        yield from ((model, decoding) for model in models)

    def base_of(self, experiment: str, model: Model) -> str:
        """The name of the pretrained model that a model starts from."""
        settings = self.experiment(experiment)
        further = settings.models.get(model.dataset)
        return (further.base if further is not None else None) or settings.base

    # paths

    def sample_inputs(self, experiment: str, split: str) -> dict[str, str]:
        """The corpus that prompts come from."""
        return {"corpus": self.corpus(self.experiment(experiment).data.corpus)}

    def training_inputs(self, experiment: str, name: str) -> dict[str, str]:
        """What a model is fine-tuned and validated on, and where it starts."""
        model = Model.parse(name)
        return {
            "dataset": self.path(experiment, "datasets", model.dataset),
            "validation": self.path(experiment, "prompts", "validation"),
            "initial": self.base_model(self.base_of(experiment, model)),
        }

    def verifier_inputs(self, experiment: str, verifier: str, decoding: str) -> dict[str, list[str] | str]:
        """The model that a verifier asks, or the scores of an ensemble's members."""
        settings = self.experiment(experiment)
        labeller = self.generators(experiment)[0]
        if members := settings.members_of(verifier):
            return {f"member_{name}": self.scores(experiment, labeller, decoding, name) for name in members}
        name = settings.model_of(verifier)
        if name is None:
            return {}
        if name == BASE:
            return {"model": self.base_model(settings.base)}
        model = self.generators(experiment)[0] if name == GENERATOR else Model(name, settings.models[name].seed)
        return {"model": self.path(experiment, "models", model.name, ".safetensors")}

    def kept_datasets(self, experiment: str) -> list[str]:
        """None: articles have no features to compare."""
        return []

    def baselines_inputs(self, experiment: str) -> dict[str, str]:
        """For scripts/evaluate_baselines_text.py."""
        return {split: self.path(experiment, "prompts", split) for split in ("test", "train")}

    def examples_inputs(self, experiment: str) -> dict[str, list[str] | str]:
        """For scripts/pick_examples_text.py: the labelling generator and one student of each data set."""
        settings = self.experiment(experiment)
        students = [Model(name, settings.downstream.seeds[0]) for name in settings.trained_datasets()]
        models, decoding = [self.generators(experiment)[0], *students], settings.evaluation.decoding
        return {
            "prompts": self.path(experiment, "prompts", "test"),
            "candidates": [path for model in models for path in self.candidates(experiment, model, "test", decoding)],
            "outcomes": [self.path(experiment, "outcomes", f"{model.name}.{decoding}") for model in models],
        }

    def report_extras(self, experiment: str) -> dict[str, list[str]]:
        """Examples, and the data card of the corpus."""
        corpus = self.experiment(experiment).data.corpus
        return {"examples": [self.path(experiment, "examples", "test")], "card": [self.corpus_card(corpus)]}

    def product_values(self, experiment: str) -> dict[str, Any]:
        """Data sets and further models, a row each, and the generator that labels."""
        settings = self.experiment(experiment)
        return {
            "text_datasets": [self._dataset_row(experiment, name) for name in settings.trained_datasets()],
            "further_models": [
                {
                    "model": Model(name, further.seed).name,
                    "train_share": further.train_share,
                    "same_base": further.base in (None, settings.base),
                }
                for name, further in settings.models.items()
            ],
            "order": settings.trained_datasets(),
            "labelling_seed": settings.generator.seeds[0],
            "train_share": settings.sample.train_share,
        }

    def _dataset_row(self, experiment: str, name: str) -> dict[str, Any]:
        settings, dataset = self.experiment(experiment), self.dataset(experiment, name)
        verifier = dataset.verifier
        return {
            "dataset": name,
            "select": dataset.select,
            "verifier": verifier,
            "verifier_kind": settings.verifiers[verifier].kind if verifier else None,  # type: ignore[attr-defined]
            "verifier_model": settings.model_of(verifier) if verifier else None,
            "share": dataset.share,
        }

    # specs: the slice of config a job depends on, as one sorted JSON string

    def sample_spec(self, experiment: str, split: str) -> str:
        """For scripts/sample_text.py."""
        settings = self.experiment(experiment)
        data = settings.data.model_dump(mode="json", exclude={"corpus"})
        return spec(data=data, sample=settings.sample, split=split)

    def train_spec(self, experiment: str, name: str) -> str:
        """For scripts/train_text.py."""
        settings, model = self.experiment(experiment), Model.parse(name)
        return spec(training=self._training(experiment, model), compute=settings.compute, seed=model.seed)

    def _training(self, experiment: str, model: Model) -> Any:
        settings = self.experiment(experiment)
        if model.role == GENERATOR:
            return settings.generator.training
        if model.dataset in settings.models:
            return settings.models[model.dataset].training or settings.generator.training
        return settings.downstream.training

    def label_spec(self, experiment: str, split: str, decoding: str, shard: int) -> str:
        """For scripts/label_text.py."""
        settings = self.experiment(experiment)
        return spec(
            engine=settings.engine,
            sampling=settings.decodings[decoding],
            split=split,
            shard=shard,
            shards=self.shards(experiment, split),
        )

    def verify_spec(self, experiment: str, verifier: str) -> str:
        """For scripts/verify_text.py."""
        settings = self.experiment(experiment)
        return spec(verifier=settings.verifiers[verifier], engine=settings.engine)

    def selection_spec(self, experiment: str, name: str) -> str:
        """For scripts/select_text.py."""
        return spec(dataset=self.dataset(experiment, name))

    def proxy_spec(self, experiment: str, name: str) -> str:
        """For scripts/estimate_proxy_text.py."""
        proxy = self.experiment(experiment).proxy.model_dump(mode="json", exclude={"oracle"})
        return spec(dataset=self.dataset(experiment, name), **proxy)

    def evaluate_spec(self, experiment: str, decoding: str) -> str:
        """For scripts/evaluate_text.py."""
        return spec(metrics=self.experiment(experiment).evaluation.metrics)

    def baselines_spec(self, experiment: str) -> str:
        """For scripts/evaluate_baselines_text.py."""
        settings = self.experiment(experiment)
        evaluation = settings.evaluation
        return spec(metrics=evaluation.metrics, lead_words=evaluation.lead_words, template=settings.data.template)

    def examples_spec(self, experiment: str) -> str:
        """For scripts/pick_examples_text.py."""
        return spec(metric=self.experiment(experiment).evaluation.metrics[0])
