"""One experiment: the chain with a task plugged in."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializeAsAny,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from uncollapse.compute.settings import ComputeSettings
from uncollapse.decoding.settings import DecodingSettings
from uncollapse.errors import ConfigError
from uncollapse.model_names import GENERATOR, GENERATOR_DATASET
from uncollapse.models.settings import ModelSettings
from uncollapse.plugins import load_plugin
from uncollapse.selection.settings import DatasetSettings
from uncollapse.training.settings import TrainingSettings


def _all_differ(values: list[Any]) -> list[Any]:
    """What stands twice would be computed twice under one name, or counted twice."""
    if len(set(values)) < len(values):
        raise ValueError(f"all must differ, got {values}")
    return values


# what a plugin must offer beside Settings
INTERFACES = {
    "tasks": ("draw", "layout", "prompt_tokens", "answer_tokens", "error", "features"),
    "verifiers": ("score",),
}

# a name becomes part of file names and of Snakemake wildcards
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]
Unique = AfterValidator(_all_differ)
Seeds = Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], Field(min_length=1), Unique]


class Misfit(ValueError):
    """A value that is wrong by itself or beside others, with its key below the part of the config being checked."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


class Strict(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _settings_of(package: str, key: str) -> BeforeValidator:
    """Validate a block with the ``Settings`` of the plugin that it names under ``key``."""

    def validate(block: Any) -> Any:
        if isinstance(block, BaseModel):
            return block
        if not isinstance(block, dict) or not isinstance(block.get(key), str):
            raise ValueError(f"needs the key {key!r}, the name of one of uncollapse's {package} or a .py file")
        try:
            plugin = load_plugin(block[key], package=package)
        except ConfigError as error:
            raise Misfit(key, str(error)) from error
        if not (isinstance(plugin.Settings, type) and issubclass(plugin.Settings, BaseModel)):
            raise Misfit(key, f"{block[key]}: its Settings is no pydantic model")
        if key not in plugin.Settings.model_fields:
            raise Misfit(key, f"{block[key]}: its Settings needs a field of this name, {key}: str; add it")
        missing = [name for name in INTERFACES[package] if not callable(getattr(plugin, name, None))]
        if missing:
            raise Misfit(key, f"{block[key]} lacks {', '.join(missing)}; see uncollapse/{package}/__init__.py")
        return plugin.Settings.model_validate(block)

    return BeforeValidator(validate)


# the schema's placeholders are filled in by uncollapse.config.schema
TaskSettings = Annotated[
    SerializeAsAny[BaseModel], _settings_of("tasks", "name"), WithJsonSchema({"x-plugins": ["tasks", "name"]})
]
VerifierSettings = Annotated[
    SerializeAsAny[BaseModel], _settings_of("verifiers", "kind"), WithJsonSchema({"x-plugins": ["verifiers", "kind"]})
]


class SampleSettings(Strict):
    """How many prompts each split has; no two splits share a prompt."""

    seed: int = Field(default=0, ge=0)
    train: int = Field(ge=1, description="with true answers, for generators")
    validation: int = Field(default=1000, ge=1, description="for learning curves")
    test: int = Field(ge=1, description="for evaluation alone")
    synthesize: int = Field(ge=1, description="for the generator to label")


class GeneratorSettings(Strict):
    """The models that write synthesized data."""

    model: ModelSettings = ModelSettings()
    training: TrainingSettings
    seeds: Seeds = Field(default=[0], description="the first one labels; the others show the spread of Table 1")


class DownstreamSettings(Strict):
    """The models trained on each data set."""

    datasets: Literal["all"] | Annotated[list[Name], Unique] = Field(default="all", description="data sets to train on")
    model: ModelSettings | None = Field(default=None, description="null: the generator's sizes")
    training: TrainingSettings
    seeds: Seeds
    initial: str | None = Field(
        default=None,
        description="null trains from scratch; generator, or the path of a .safetensors file, fine-tunes it",
    )


class EvaluationSettings(Strict):
    """What is measured on the test prompts."""

    tolerances: Annotated[list[Annotated[float, Field(gt=0)]], Unique] = Field(
        default=[0.05, 0.02, 0.01, 0.005], min_length=1
    )
    validation_tolerance: float = Field(default=0.02, gt=0, description="of the accuracy shown in learning curves")
    generator: Annotated[list[Name], Unique] = Field(min_length=1, description="decodings of the generators (Table 1)")
    downstream: Annotated[list[Name], Unique] = Field(
        min_length=1, description="decodings of the downstream models (Table 2: greedy)"
    )


class ProxySettings(Strict):
    """What p_* counts as correct."""

    oracle: Name = Field(description="the verifier whose verdict is the truth")
    resamples: int = Field(default=1000, ge=100, description="bootstrap resamples of prompts")


class ExperimentSettings(Strict):
    """Everything that follows from names: prompts, models, candidates, scores, data sets, evaluations."""

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
    evaluation: EvaluationSettings

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "ExperimentSettings":
        for key, names, known in self._references():
            for name in names:
                if name not in known:
                    raise Misfit(key, f"{name!r} is not defined; known: {', '.join(known) or 'none'}")
        for name, decoding in self.decodings.items():
            if decoding.prompts is not None and decoding.prompts > self.sample.synthesize:
                text = f"{decoding.prompts} prompts, but sample.synthesize has only {self.sample.synthesize}; lower it"
                raise Misfit(f"decodings.{name}.prompts", text)
        for name, dataset in self.datasets.items():
            if name in (GENERATOR, GENERATOR_DATASET):
                raise Misfit(f"datasets.{name}", "this name is taken by the generator's own; choose another")
            if dataset.size is not None and dataset.size > (available := self.available(dataset)):
                text = f"{dataset.size} rows, but only {available} prompts are labelled; lower it, or label more"
                raise Misfit(f"datasets.{name}.size", text)
            if dataset.select == "correct" and not self._gives_verdict(dataset.verifier):
                text = f"{dataset.verifier!r} only ranks; select: correct needs a verifier that accepts or rejects"
                raise Misfit(f"datasets.{name}.verifier", text)
        self._check_initial()
        if not self._gives_verdict(self.proxy.oracle):
            raise Misfit("proxy.oracle", f"{self.proxy.oracle!r} only ranks; p_* needs one that accepts or rejects")
        return self

    def _check_initial(self) -> None:
        initial = self.downstream.initial
        if initial is None:
            return
        if self.downstream.model is not None:
            raise Misfit("downstream.model", "initial weights bring their own sizes; remove this key, or initial")
        if initial != GENERATOR and not initial.endswith(".safetensors"):
            text = f"{initial!r} is neither {GENERATOR} nor the path of a .safetensors file; correct it"
            raise Misfit("downstream.initial", text)

    def _gives_verdict(self, verifier: str | None) -> bool:
        return getattr(self.verifiers[verifier or ""], "gives_verdict", True)

    def _references(self) -> list[tuple[str, list[str], list[str]]]:
        decodings, verifiers, datasets = list(self.decodings), list(self.verifiers), list(self.datasets)
        references = [
            ("evaluation.generator", self.evaluation.generator, decodings),
            ("evaluation.downstream", self.evaluation.downstream, decodings),
            ("proxy.oracle", [self.proxy.oracle], verifiers),
        ]
        if self.downstream.datasets != "all":
            references.append(("downstream.datasets", list(self.downstream.datasets), datasets))
        for name, dataset in self.datasets.items():
            references.append((f"datasets.{name}.decoding", [dataset.decoding] if dataset.decoding else [], decodings))
            references.append((f"datasets.{name}.verifier", [dataset.verifier] if dataset.verifier else [], verifiers))
        return references

    def labelled(self, decoding: str) -> int:
        """Prompts of the synthesize split that a decoding labels."""
        return self.decodings[decoding].prompts or self.sample.synthesize

    def available(self, dataset: DatasetSettings) -> int:
        """Prompts a data set can be selected from."""
        if dataset.decoding is None:
            return getattr(self.sample, dataset.split)
        return self.labelled(dataset.decoding) if dataset.decoding in self.decodings else self.sample.synthesize

    def trained_datasets(self) -> list[str]:
        """Names of the data sets that downstream models are trained on."""
        return list(self.datasets) if self.downstream.datasets == "all" else list(self.downstream.datasets)
