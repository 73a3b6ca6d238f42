"""One experiment with language models: the same chain, where prompts and answers are texts of a corpus."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from uncollapse.artifacts.model_names import GENERATOR, GENERATOR_DATASET, Model, split_labeller
from uncollapse.compute.settings import ComputeSettings
from uncollapse.experiments.labelled import LabelledSettings
from uncollapse.experiments.text.prompt_settings import TextDataSettings, TextSampleSettings
from uncollapse.language.settings import EngineSettings, FineTuningSettings, SamplingSettings
from uncollapse.selection.text_settings import TextDatasetSettings
from uncollapse.settings.misfit import Misfit, not_defined
from uncollapse.settings.plugins import TextVerifierSettings
from uncollapse.settings.references import Refers, TrainedDatasets, check_references
from uncollapse.settings.values import Name, Seeds, Strict, Unique

BASE = "base"  # the pretrained model itself, as the model of a verifier


class TextGeneratorSettings(Strict):
    """The models that write synthesized answers."""

    training: FineTuningSettings
    seeds: Seeds = Field(default=[0], description="of draws, or of training alone: see pools")
    pools: Literal["own", "shared"] = Field(
        default="own",
        description="own: every seed is a draw, whose generator has and labels a pool of its own, with students of its"
        " own, and the draw is the unit of claims; shared: all have the first one's pool, which it alone labels",
    )


class FurtherModelSettings(Strict):
    """A model on true answers beside the generator: to verify with, or as a reference."""

    train_share: float = Field(gt=0, le=1, description="of the pool, drawn at random, with true answers")
    base: Annotated[Name | None, Refers("base_models")] = Field(
        default=None, description="one of base_models; null: the experiment's"
    )
    training: FineTuningSettings | None = Field(default=None, description="null: the generator's")
    seed: int = Field(default=0, ge=0, lt=2**31)


class TextDownstreamSettings(Strict):
    """The models fine-tuned on each data set, all from the pretrained base."""

    datasets: TrainedDatasets = Field(default="all", description="data sets to train on")
    training: FineTuningSettings
    seeds: Seeds


class TextEvaluationSettings(Strict):
    """Measurements on the test prompts, for every model."""

    metrics: Annotated[list[Literal["rouge1", "rouge2", "rougeL"]], Unique] = Field(
        default=["rouge1", "rouge2", "rougeL"], min_length=1, description="F-measures against the true answer"
    )
    decoding: Annotated[Name, Refers("decodings")]
    lead_words: int | None = Field(
        default=None,
        ge=1,
        description="length of the lead baseline: the first words of what is read; null: the median true answer's",
    )


class TextProxySettings(Strict):
    """Settings of p_*; correct are candidates to which the oracle gives a score above a threshold."""

    oracle: Annotated[Name, Refers("verifiers")] = Field(description="the verifier whose score is the quality")
    threshold: Literal["median"] | float = Field(default="median", description="median: of the generator's candidates")
    thresholds: Annotated[list[float], Unique] = Field(
        default=[0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5],
        description="further ones, to see whether the ranking of verifiers depends on it",
    )
    resamples: int = Field(default=1000, ge=100, description="bootstrap resamples of prompts")


class TextExperimentSettings(LabelledSettings):
    """Everything that follows from names: prompts, models, candidates, scores, data sets, evaluations."""

    kind: Literal["text"] = Field(description="language models; prompts and answers are texts")
    title: str = Field(default="", description="heading in the report")
    about: str = Field(default="", description="a paragraph on the experiment, shown in the report")
    data: TextDataSettings
    sample: TextSampleSettings
    compute: ComputeSettings = Field(
        default=ComputeSettings(), description="of training; engine says how models answer"
    )
    engine: EngineSettings = EngineSettings()
    shards: int = Field(default=1, ge=1, le=10_000, description="jobs that share the labelling of the synthesize split")
    base: Annotated[Name, Refers("base_models")] = Field(description="one of base_models: where all fine-tuning starts")
    generator: TextGeneratorSettings
    models: dict[Name, FurtherModelSettings] = Field(default={}, description="further models on true answers")
    decodings: dict[Name, SamplingSettings]
    most_unusable: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="share of answers that may be empty or without an end, among those that students learn from: with"
        " more in a shard the experiment stops, before the others are written; 1 lets it go on",
    )
    verifiers: dict[Name, TextVerifierSettings]
    datasets: dict[Name, TextDatasetSettings]
    proxy: TextProxySettings
    downstream: TextDownstreamSettings
    evaluation: TextEvaluationSettings

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "TextExperimentSettings":
        check_references(self)
        models, single = [GENERATOR, BASE, *self.models], [name for name in self.verifiers if not self.members_of(name)]
        for name in self.verifiers:
            if (model := self.model_of(name)) is not None and model not in models:
                raise not_defined(f"verifiers.{name}.model", model, models)
            for member in self.members_of(name):
                if member not in single:
                    raise not_defined(f"verifiers.{name}.members.{member}", member, single)
        for key, names in (("datasets", self.datasets), ("models", self.models)):
            for name in names:
                if name in (GENERATOR, GENERATOR_DATASET, BASE):
                    raise Misfit(f"{key}.{name}", "this name is taken by the experiment's own; choose another")
        for name in self.models:
            if name in self.datasets:
                raise Misfit(f"models.{name}", "a data set has this name, and so its models; choose another")
        return self

    def labellers(self) -> list[Model]:
        """The generators that label, each a pool of its own; data sets of the first bear its name nowhere."""
        return self.generators() if self.generator.pools == "own" else self.generators()[:1]

    def trained_files(self) -> list[str]:
        """Names of the files of the data sets that students are trained on, those of one draw before the next."""
        return [self.file_of(name, labeller) for labeller in self.labellers() for name in self.trained_datasets()]

    def files_of_datasets(self) -> list[str]:
        """Names of the files of all data sets but the generators' own: those of further labellers come last."""
        return list(dict.fromkeys([*self.datasets, *self.trained_files()]))

    def trained_on(self, model: Model) -> str:
        """Name of the file of the data set that a model is trained on: a generator's is of its own pool.

        Raises
        ------
        KeyError
            Where config has no such generator.
        """
        if model.role != GENERATOR:
            return model.dataset
        if model not in self.generators():
            raise KeyError(model.name)
        return self.file_of(GENERATOR_DATASET, model if model in self.labellers() else self.labellers()[0])

    def members_of(self, verifier: str) -> list[str]:
        """The names of the verifiers that one is made of; none but for an ensemble."""
        return list(getattr(self.verifiers[verifier], "members", {}))

    def model_of(self, verifier: str) -> str | None:
        """The name of the model that a verifier asks; None where it asks none."""
        return getattr(self.verifiers[verifier], "model", None)

    def further(self) -> list[Model]:
        """Models on true answers beside the generators, of each draw: verifiers and references."""
        return [self.further_of(labeller, name) for labeller in self.labellers() for name in self.models]

    def further_of(self, labeller: Model, name: str) -> Model:
        """The further model of that name that saw answers of a labeller's pool."""
        return Model(self.file_of(name, labeller), self.models[name].seed)

    def evaluated(self) -> Iterator[tuple[Model, str]]:
        """Every model, with the decoding it is evaluated with."""
        models = [*self.generators(), *self.further(), *self.students()]
        yield from ((model, self.evaluation.decoding) for model in models)

    def dataset(self, name: str) -> TextDatasetSettings:
        """The settings of a data set's file; those of generators and further models follow from their shares.

        Raises
        ------
        KeyError
            Where there is none.
        """
        self.labeller(name)
        key, _ = split_labeller(name)
        if key == GENERATOR_DATASET:
            return TextDatasetSettings(select="labels", split="train")
        if key in self.models:
            return TextDatasetSettings(select="labels", share=self.models[key].train_share)
        return self.datasets[key]

    def base_of(self, model: Model) -> str:
        """The name of the pretrained model that a model starts from."""
        further = self.models.get(split_labeller(model.dataset)[0])
        return (further.base if further is not None else None) or self.base

    def part(self, model: Model) -> str:
        """The key of the block that says how a model is trained."""
        name, _ = split_labeller(model.dataset)
        own = self.models.get(name)
        if model.role == GENERATOR or (own is not None and own.training is None):
            return GENERATOR
        return "downstream" if own is None else f"models.{name}"

    def judged_by_models(self) -> list[str]:
        """The verifiers that ask a language model."""
        return [name for name in self.verifiers if self.model_of(name)]
