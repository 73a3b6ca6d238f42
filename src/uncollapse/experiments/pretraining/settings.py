"""One experiment with language models trained from scratch on human and machine-written text (Zhu et al. 2024)."""

from collections.abc import Callable, Iterator
from typing import Literal

from pydantic import Field, model_validator

from uncollapse.artifacts.model_names import Model
from uncollapse.compute.settings import ComputeSettings
from uncollapse.language.settings import Architecture
from uncollapse.pretraining.measurement_settings import DiagnosticsSettings, TaskSettings
from uncollapse.pretraining.settings import (
    CorpusEditSettings,
    InstructionSettings,
    MixtureSettings,
    PassageSettings,
    PretrainedModelSettings,
    TokenizerSettings,
)
from uncollapse.pretraining.writing_settings import SAMPLED, SynthesisSettings, TextSamplingSettings, WritingSettings
from uncollapse.settings.misfit import Misfit, not_defined
from uncollapse.settings.references import check_references
from uncollapse.settings.values import Name, Strict


class PretrainingExperimentSettings(Strict):
    """Passages, a tokenizer, data sets of equal size, edited data sets, and models trained on each from scratch."""

    kind: Literal["pretraining"] = Field(description="language models trained from scratch on mixtures of text")
    title: str = Field(default="", description="heading in the report")
    about: str = Field(default="", description="a paragraph on the experiment, shown in the report")
    data: PassageSettings
    tokenizer: TokenizerSettings = TokenizerSettings()
    instructions: InstructionSettings | None = Field(default=None, description="pairs to fine-tune on; null: none")
    tokens: int = Field(ge=1, description="of every data set, end-of-text tokens included")
    compute: ComputeSettings = ComputeSettings()
    datasets: dict[Name, MixtureSettings]
    edits: dict[Name, CorpusEditSettings] = Field(default={}, description="texts edited with ToEdit")
    models: dict[Name, PretrainedModelSettings]
    synthesis: SynthesisSettings | None = Field(default=None, description="ways of making text; null: not compared")
    diagnostics: DiagnosticsSettings | None = Field(default=None, description="null leaves the comparison of texts out")
    sampling: TextSamplingSettings = Field(default=TextSamplingSettings(), description="of the experiment's own models")
    writing: WritingSettings = Field(default=WritingSettings(), description="of base models")
    tasks: TaskSettings | None = Field(default=None, description="downstream tasks; null leaves them out")

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "PretrainingExperimentSettings":
        check_references(self)
        for key, name, known in self._conditional_references():
            if name not in known:
                raise not_defined(key, name, known)
        names = [f"{model}_{dataset}" for model in self.models for dataset in self.trained_on(model)]
        for name in names:
            if names.count(name) > 1:
                raise Misfit("models", f"two models on data sets would both be called {name!r}; rename one")
        for model in self.models:
            self.ancestry(model)
        self._no_circles()
        if self.tasks is not None and not any(map(self.on_tasks, self.models)):
            trained = {name: None for model in self.tasks.models for name in self.trained_on(model)}
            text = f"tasks.models are trained on none of them; name some of {', '.join(trained)}"
            raise Misfit("tasks.datasets", text)
        return self

    def _conditional_references(self) -> Iterator[tuple[str, str, list[str]]]:
        """Key, name and known names, where what a name refers to depends on other keys."""
        for name, model in self.models.items():
            if model.initial is not None:
                yield f"models.{name}.initial", model.initial, [other for other in self.models if other != name]
                yield self._trained(f"models.{name}.initial_dataset", model.initial, model.initial_dataset)
        for name, dataset in self.datasets.items():
            if dataset.instructions and self.instructions is None:
                raise Misfit("instructions", f"datasets.{name} wants pairs; name their corpus here")
            if dataset.edit is not None:
                yield f"datasets.{name}.edit", dataset.edit, [e for e, edit in self.edits.items() if edit.dataset]
            if dataset.generator is not None:
                yield self._trained(f"datasets.{name}.generator_dataset", dataset.generator, dataset.generator_dataset)
            if (select := dataset.select) is not None and "prior" in select.selector.READS:
                yield f"datasets.{name}.select.prior", select.prior or "", list(self.models)
                yield self._trained(f"datasets.{name}.select.prior_dataset", select.prior, select.prior_dataset)
            elif select is not None and select.prior_dataset is not None:
                yield f"datasets.{name}.select.prior_dataset", select.prior_dataset, list(self.datasets)
            if select is not None and select.by == "educational" and select.classifier is None:
                yield f"datasets.{name}.select.educational", select.educational or "", self.data.mixed
        for name, edit in self.edits.items():
            if edit.as_many_as is not None:
                alike = [other for other, one in self.edits.items() if _same_texts(edit, one)]
                yield f"edits.{name}.as_many_as", edit.as_many_as, alike
            if edit.dataset is not None and edit.prior_dataset is None and edit.prior in self.models:
                text = f"say what {edit.prior!r} was trained on, or name one of base_models as prior"
                raise Misfit(f"edits.{name}.prior_dataset", text)
            if edit.prior_dataset is not None:
                yield f"edits.{name}.prior", edit.prior, list(self.models)
                yield self._trained(f"edits.{name}.prior_dataset", edit.prior, edit.prior_dataset)
        if self.tasks is not None:
            read = [*self.data.human, *self.data.held_out]
            yield from (("tasks.corpora", name, read) for name in self.tasks.corpora or [])
        if self.diagnostics is not None:
            selections = [name for name, one in self.datasets.items() if one.generator is None and one.machine_share]
            yield from (("diagnostics.datasets", name, selections) for name in self.diagnostics.datasets)
            for name, prior in self.diagnostics.priors.items():
                if prior.model is not None:
                    yield self._trained(f"diagnostics.priors.{name}.dataset", prior.model, prior.dataset)

    def _trained(self, key: str, model: str | None, dataset: str | None) -> tuple[str, str, list[str]]:
        """Reference to a data set among those that a model is trained on."""
        return key, dataset or "", self.trained_on(model) if model in self.models else []

    def _no_circles(self) -> None:
        """A data set waits for an edit, an edit for a data set and a prior, a prior for its data set."""
        for name in self.datasets:
            seen: set[str] = set()
            waiting = [name]
            while waiting:
                new = set(self._needs(waiting.pop())) - seen
                if name in new:
                    text = "is made from itself, by way of its edit, generator or a prior; change one"
                    raise Misfit(f"datasets.{name}", text)
                seen |= new
                waiting += new

    def _needs(self, name: str) -> list[str]:
        dataset = self.datasets[name]
        found: list[str | None] = [dataset.select.prior_dataset] if dataset.select is not None else []
        if dataset.generator is not None:
            found += [dataset.generator_dataset]
            found += [self.models[model].initial_dataset for model in self.ancestry(dataset.generator)]
        if dataset.edit is not None:
            edit = self.edits[dataset.edit]
            found += [edit.dataset, edit.prior_dataset]
            if edit.prior_dataset is not None:
                found += [self.models[model].initial_dataset for model in self.ancestry(edit.prior)]
        return [other for other in found if other is not None]

    def of_pairs(self, dataset: str) -> bool:
        """Whether a data set holds instructions with answers, as they are or edited."""
        chosen = self.datasets[dataset]
        return chosen.instructions or (chosen.edit is not None and self.of_pairs(self.edits[chosen.edit].dataset or ""))

    def ancestry(self, model: str) -> list[str]:
        """A model, the one that it starts from, and so on to the one that was trained from scratch."""
        found = [model]
        while (initial := self.models[found[-1]].initial) is not None:
            if initial in found:
                raise Misfit(f"models.{model}.initial", "starts from itself; train one of them from scratch")
            found.append(initial)
        return found

    def architecture(self, model: str) -> Architecture:
        """Architecture of a model, or of the one from which it starts."""
        found = self.models[self.ancestry(model)[-1]].architecture
        assert found is not None
        return found

    def trained_on(self, model: str) -> list[str]:
        """Names of the data sets that a model is trained on."""
        chosen = self.models[model].datasets
        return list(self.datasets) if chosen == "all" else list(chosen)

    def on_tasks(self, model: str) -> list[str]:
        """Data sets of a model after which downstream tasks are run."""
        if self.tasks is None or model not in self.tasks.models:
            return []
        return [name for name in self.trained_on(model) if name in self.tasks.datasets]

    def shares(self, dataset: str) -> dict[str, float]:
        """The share of each corpus in a mixture's tokens."""
        machine = self.datasets[dataset].machine_share
        if (only := self.datasets[dataset].corpus) is not None:
            written = self.datasets[dataset].written_share
            return {name: share for name, share in ((only, 1 - written), (SAMPLED, written)) if share}
        control, sampled = self.datasets[dataset].control, self.datasets[dataset].generator is not None
        writers = [control] if control is not None else [SAMPLED] if sampled else self.data.machine
        parts = ((self.data.human, 1 - machine), (writers, machine))
        return {corpus: share / len(corpora) for corpora, share in parts for corpus in corpora}

    def students(self) -> list[Model]:
        """Every architecture on each of its data sets, one seed of each before the next."""
        return [
            Model(f"{name}_{dataset}", seed)
            for name, model in self.models.items()
            for seed in model.seeds
            for dataset in self.trained_on(name)
        ]

    def parts_of(self, model: Model) -> tuple[str, str]:
        """Architecture and data set of a model; KeyError where there is no such model."""
        parts = {f"{name}_{dataset}": (name, dataset) for name in self.models for dataset in self.trained_on(name)}
        name, dataset = parts[model.dataset]
        if model.seed not in self.models[name].seeds:
            raise KeyError(model.name)
        return name, dataset

    def first_seed(self, name: str | None, dataset: str | None) -> Model:
        """The model that stands for all seeds of its kind where others start from it or ask it."""
        return Model(f"{name}_{dataset}", self.models[name or ""].seeds[0])

    def has_tasks(self, model: Model) -> bool:
        """Whether the downstream tasks are run after a model's training."""
        name, dataset = self.parts_of(model)
        return dataset in self.on_tasks(name)

    def sampled_by(self, writer: str) -> list[MixtureSettings]:
        """The data sets with texts by one of the experiment's own models; KeyError where there are none."""
        return self._mixtures(writer, lambda each: f"{each.generator}_{each.generator_dataset}" == writer)

    def made_of(self, writer: str, how: str, corpus: str) -> list[MixtureSettings]:
        """The data sets of texts that a base model writes for the purpose; KeyError where there are none."""
        name = f"{writer}.{how}.{corpus}"
        return self._mixtures(name, lambda each: (each.written_by, each.how, each.corpus) == (writer, how, corpus))

    def _mixtures(self, name: str, fits: Callable[[MixtureSettings], bool]) -> list[MixtureSettings]:
        if not (found := [each for each in self.datasets.values() if fits(each)]):
            raise KeyError(name)
        return found

    def selected_by_models(self) -> list[str]:
        """The data sets whose passages a model selects."""
        return [name for name, dataset in self.datasets.items() if dataset.select and dataset.select.asks_model]

    def conditional_names_outside(self) -> Iterator[tuple[str, str, str]]:
        """Key, name and block of the base models that edit."""
        found = ((name, edit.prior) for name, edit in self.edits.items() if edit.prior_dataset is None)
        yield from ((f"edits.{name}.prior", prior, "base_models") for name, prior in found)


def _same_texts(control: CorpusEditSettings, edit: CorpusEditSettings) -> bool:
    """Whether the control can count what the other has changed.

    That is, in the same tokens of the same texts, as often, and the other is no control itself.
    """

    def counted(one: CorpusEditSettings) -> tuple[object, ...]:
        tokens_of = None if one.prior_dataset is not None else one.prior
        return one.corpus, one.passages, one.dataset, one.generations, tokens_of

    return counted(control) == counted(edit) and edit.as_many_as is None
