"""One experiment: the chain with a task plugged in."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from uncollapse.artifacts.model_names import GENERATOR, GENERATOR_DATASET, MODEL, Model, split_labeller
from uncollapse.compute.settings import ComputeSettings
from uncollapse.decoding.settings import DecodingSettings
from uncollapse.experiments.labelled import LabelledSettings
from uncollapse.models.settings import ModelSettings
from uncollapse.selection.settings import DatasetSettings
from uncollapse.settings.misfit import Misfit, not_defined
from uncollapse.settings.plugins import TaskSettings, VerifierSettings
from uncollapse.settings.references import Refers, check_references
from uncollapse.settings.values import Name, Seeds, Strict, Unique
from uncollapse.training.settings import TrainingSettings

Labellers = Annotated[list[Annotated[str, Field(pattern=f"^{MODEL}$")]], Unique, Field(min_length=1)]


class SampleSettings(Strict):
    """How many prompts each split has; no two splits share a prompt."""

    seed: int = Field(default=0, ge=0, lt=2**63)
    train: int = Field(ge=1, description="with true answers, for generators")
    validation: int = Field(default=1000, ge=1, description="for learning curves")
    test: int = Field(ge=1, description="for evaluation alone")
    synthesize: int = Field(ge=1, description="for the generator to label")


class GeneratorSettings(Strict):
    """The models that write synthesized data."""

    model: ModelSettings = ModelSettings()
    training: TrainingSettings
    seeds: Seeds = Field(default=[0], description="the first one labels; the others show the spread of Table 1")
    labellers: Labellers | None = Field(
        default=None,
        description="models whose labels students learn from, each with students of its own: generators, and models of"
        f" groups on the data set {GENERATOR_DATASET}, by name, such as {GENERATOR}-seed1 or"
        f" {GENERATOR_DATASET}-longer-seed0; the first is a generator. null: the generator of the first seed",
    )


class DownstreamSettings(Strict):
    """Models trained on each of some data sets, all in the same way."""

    datasets: Annotated[
        Literal["all"] | Annotated[list[Name], Unique], Refers("datasets", every="all", besides=(GENERATOR_DATASET,))
    ] = Field(default="all", description=f"data sets to train on; {GENERATOR_DATASET} is the generators' own")
    labellers: Literal["all"] | Labellers = Field(
        default="all", description="those of generator.labellers whose labels they learn from"
    )
    model: ModelSettings | None = Field(default=None, description="null: the generator's sizes")
    training: TrainingSettings
    seeds: Seeds
    initial: str | None = Field(
        default=None,
        description="null trains from scratch; generator, a group's name (its first data set and seed), or the path of"
        " a .safetensors file fine-tunes it",
    )


class EvaluationSettings(Strict):
    """Measurements on the test prompts."""

    tolerances: Annotated[list[Annotated[float, Field(gt=0)]], Unique] = Field(
        default=[0.05, 0.02, 0.01, 0.005], min_length=1
    )
    validation_tolerance: float = Field(default=0.02, gt=0, description="of the accuracy shown in learning curves")
    generator: Annotated[list[Name], Unique, Refers("decodings")] = Field(
        min_length=1, description="decodings of the generators (Table 1)"
    )
    downstream: Annotated[list[Name], Unique, Refers("decodings")] = Field(
        min_length=1, description="decodings of the downstream models (Table 2: greedy)"
    )


class ProxySettings(Strict):
    """Settings of p_*: candidates that count as correct."""

    oracle: Annotated[Name, Refers("verifiers")] = Field(description="the verifier whose verdict is the truth")
    resamples: int = Field(default=1000, ge=100, description="bootstrap resamples of prompts")


class ExperimentSettings(LabelledSettings):
    """Everything that follows from names: prompts, models, candidates, scores, data sets, evaluations."""

    kind: Literal["sequence"] = Field(default="sequence", description="models and tasks of our own, answers are tokens")
    title: str = Field(default="", description="heading in the report")
    about: str = Field(default="", description="a paragraph on the experiment, shown in the report")
    task: TaskSettings
    sample: SampleSettings
    compute: ComputeSettings = ComputeSettings()
    shards: int = Field(default=1, ge=1, le=10_000, description="jobs that share the labelling of the synthesize split")
    generator: GeneratorSettings
    decodings: dict[Name, DecodingSettings]
    verifiers: dict[Name, VerifierSettings]
    datasets: dict[Name, DatasetSettings]
    proxy: ProxySettings
    downstream: DownstreamSettings
    groups: dict[Name, DownstreamSettings] = Field(
        default={}, description="further models, trained otherwise than those of downstream; tables name them by group"
    )
    evaluation: EvaluationSettings

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "ExperimentSettings":
        check_references(self)
        for name, decoding in self.decodings.items():
            if decoding.prompts is not None and decoding.prompts > self.sample.synthesize:
                text = f"{decoding.prompts} prompts, but sample.synthesize has only {self.sample.synthesize}; lower it"
                raise Misfit(f"decodings.{name}.prompts", text)
        for name, dataset in self.datasets.items():
            if name in (GENERATOR, GENERATOR_DATASET):
                raise Misfit(f"datasets.{name}", "this name is taken by the generator's own; choose another")
            if (dataset.size or 1) > (available := self.available(dataset) - dataset.skip):
                text = f"{dataset.size or 1} rows, but only {available} prompts are labelled; lower it, or label more"
                raise Misfit(f"datasets.{name}.size", text)
            if dataset.selector.READS == "verdicts" and not self._gives_verdict(dataset.verifier):
                text = f"{dataset.verifier!r} only ranks; select: {dataset.select} needs one that accepts or rejects"
                raise Misfit(f"datasets.{name}.verifier", text)
        self._check_labellers()
        for key, part in self._trained().items():
            self._check_initial(key, part)
        if not self._gives_verdict(self.proxy.oracle):
            raise Misfit("proxy.oracle", f"{self.proxy.oracle!r} only ranks; p_* needs one that accepts or rejects")
        return self

    def _check_labellers(self) -> None:
        groups = [(group, seed) for group, trained in self.groups.items() for seed in trained.seeds]
        on_truth = [
            Model(GENERATOR_DATASET, seed, group)
            for group, seed in groups
            if GENERATOR_DATASET in self.trained_datasets(group)
        ]
        known = [*self.generators(), *on_truth]
        for number, labeller in enumerate(self.labellers()):
            if labeller not in known:
                names = [model.name for model in known]
                raise not_defined(f"generator.labellers.{number}", labeller.name, names)
        if self.labellers()[0].group:
            raise Misfit("generator.labellers.0", f"{self.labellers()[0].name!r} is of a group; begin with a generator")
        for key, part in self._trained().items():
            for number, name in enumerate(part.labellers if part.labellers != "all" else []):
                if Model.parse(name) not in self.labellers():
                    raise not_defined(f"{key}.labellers.{number}", name, [model.name for model in self.labellers()])

    def _check_initial(self, key: str, part: DownstreamSettings) -> None:
        if part.initial is None:
            return
        if part.model is not None:
            raise Misfit(f"{key}.model", "initial weights bring their own sizes; remove this key, or initial")
        if part.initial != GENERATOR and part.initial not in self.groups and not part.initial.endswith(".safetensors"):
            text = (
                f"{part.initial!r} is neither {GENERATOR} nor a group nor the path of a .safetensors file; correct it"
            )
            raise Misfit(f"{key}.initial", text, missing=part.initial)
        if part.initial in self.groups and not self.trained_datasets(part.initial):
            raise Misfit(f"{key}.initial", f"the group {part.initial!r} trains no model; give it a data set")
        passed = [part.initial]
        while (group := self.groups.get(passed[-1])) is not None and group.initial is not None:
            if group.initial in passed:
                raise Misfit(f"{key}.initial", f"{' starts from '.join([*passed, group.initial])}; break the circle")
            passed.append(group.initial)

    def _gives_verdict(self, verifier: str | None) -> bool:
        return getattr(self.verifiers[verifier or ""], "gives_verdict", True)

    def labelled(self, decoding: str) -> int:
        """Prompts of the synthesize split that a decoding labels."""
        return self.decodings[decoding].prompts or self.sample.synthesize

    def available(self, dataset: DatasetSettings) -> int:
        """Prompts a data set can be selected from."""
        if dataset.decoding is None:
            return getattr(self.sample, dataset.split)
        return self.labelled(dataset.decoding) if dataset.decoding in self.decodings else self.sample.synthesize

    def _trained(self) -> dict[str, DownstreamSettings]:
        """Every block of downstream models, by its key."""
        return {"downstream": self.downstream} | {f"groups.{name}": group for name, group in self.groups.items()}

    # what follows from names

    def labellers(self) -> list[Model]:
        """The models that label; data sets of the first bear its name nowhere."""
        named = self.generator.labellers
        return self.generators()[:1] if named is None else [Model.parse(name) for name in named]

    def trained_files(self, group: str = "") -> list[str]:
        """Names of the files of the data sets that the models of ``downstream``, or of a group, are trained on.

        Those of one labeller stand before those of the next; true labels, which nobody wrote, stand once.
        """
        block = self.groups[group] if group else self.downstream
        labellers = self.labellers()
        chosen = labellers if block.labellers == "all" else [Model.parse(name) for name in block.labellers]
        names = self.trained_datasets(group)
        return list(
            dict.fromkeys(
                self.file_of(name, labeller if self.dataset(name).decoding is not None else labellers[0])
                for labeller in chosen
                for name in names
            )
        )

    def files_of_datasets(self) -> list[str]:
        """Names of the files of all data sets but the generators' own: those of further labellers come last."""
        trained = [name for group in ("", *self.groups) for name in self.trained_files(group)]
        return [name for name in dict.fromkeys([*self.datasets, *trained]) if name != GENERATOR_DATASET]

    def grouped(self) -> list[Model]:
        """All models of the groups."""
        return [
            Model(name, seed, group)
            for group, trained in self.groups.items()
            for seed in trained.seeds
            for name in self.trained_files(group)
        ]

    def evaluated(self) -> Iterator[tuple[Model, str]]:
        """Every model with every decoding it is evaluated with."""
        for model in self.generators():
            yield from ((model, decoding) for decoding in self.evaluation.generator)
        for model in [*self.students(), *self.grouped()]:
            yield from ((model, decoding) for decoding in self.evaluation.downstream)

    def dataset(self, name: str) -> DatasetSettings:
        """The settings of a data set's file, the generators' own included; KeyError where there is none."""
        if name == GENERATOR_DATASET:
            return DatasetSettings(select="labels", split="train")
        key, labeller = split_labeller(name)
        found = self.datasets[key]
        if labeller is not None and (found.decoding is None or labeller not in self.labellers()[1:]):
            raise KeyError(name)
        return found

    def pruned(self) -> list[str]:
        """Data sets whose selector drops prompts, so that kept and dropped ones can be compared."""
        return [name for name in self.files_of_datasets() if self.dataset(name).select == "correct"]

    def part(self, model: Model) -> str:
        """The key of the block that says how a model is trained."""
        if model.group:
            return f"groups.{model.group}"
        return GENERATOR if model.role == GENERATOR else "downstream"

    def start(self, initial: str, dataset: str = "") -> Model | None:
        """The model that ``initial`` names; None for the path of a file. The generator is the data set's labeller."""
        if initial == GENERATOR:
            return self.labeller(dataset)
        if initial not in self.groups:
            return None
        return Model(self.trained_files(initial)[0], self.groups[initial].seeds[0], initial)
