"""The whole configuration."""

from pydantic import Field, model_validator

from uncollapse.config.kinds import AnyExperiment
from uncollapse.corpora.settings import CorpusSettings
from uncollapse.experiments.pretraining.settings import PretrainingExperimentSettings
from uncollapse.experiments.text.settings import TextExperimentSettings
from uncollapse.experiments.theory.settings import THEORY, TheorySettings
from uncollapse.language.settings import BaseModelSettings
from uncollapse.products.needs import kind_needed, needed
from uncollapse.settings.misfit import Misfit, not_defined
from uncollapse.settings.values import Name, Strict


class Product(Strict):
    """A table, figure or group of claims, made from one experiment."""

    experiment: Name = Field(
        description=f"what it is made from; {THEORY!r} for the simulations, made where all that it needs are run"
    )


class Settings(Strict):
    """config.yaml, with the overlays given by --configfile and --config."""

    scale: str = Field(description="name of the scale, shown in the report")
    note: str = Field(default="", description="a sentence on what this scale is, shown in the report")
    results: str = Field(
        default="results",
        pattern=r"^[\w./@%+,-]+$",
        description="folder of all outputs; it becomes part of commands, so it holds no spaces or quotes",
    )
    store: str = Field(
        default="results/.store",
        min_length=1,
        description="folder of everything ever computed; several checkouts and users may share one",
    )
    packages_folder: str | None = Field(
        default=None,
        min_length=1,
        description="folder with files of packages, for machines that reach no registry; looked at before the registry",
    )
    corpora: dict[Name, CorpusSettings] = Field(default={}, description="texts that experiments may name")
    theory: TheorySettings | None = Field(default=None, description="the papers' theory, simulated; null leaves it out")
    base_models: dict[Name, BaseModelSettings] = Field(
        default={}, description="pretrained language models that experiments may name; cost nothing unless one does"
    )
    experiments: dict[Name, AnyExperiment]
    tables: dict[Name, Product] = Field(description="by module name under uncollapse.products.tables")
    figures: dict[Name, Product] = Field(description="by module name under uncollapse.products.figures")
    claims: dict[Name, Product] = Field(description="by module name under uncollapse.products.claims")

    @model_validator(mode="after")
    def _experiments_exist(self) -> "Settings":
        if THEORY in self.experiments:
            raise Misfit(f"experiments.{THEORY}", "this name is taken by the simulations; choose another")
        for kind, products in (("tables", self.tables), ("figures", self.figures), ("claims", self.claims)):
            for name, product in products.items():
                try:
                    needed(kind, name)
                except LookupError as error:
                    raise Misfit(f"{kind}.{name}", str(error)) from None
                if product.experiment not in (*self.experiments, THEORY):
                    raise not_defined(f"{kind}.{name}.experiment", product.experiment, [*self.experiments, THEORY])
                made_of, made_from = kind_needed(kind, name), self.experiments.get(product.experiment)
                given = made_of if made_from is None else made_from.kind
                if made_of not in (None, given):
                    text = f"{product.experiment!r} is of kind {given}, this is made of experiments of kind {made_of}"
                    raise Misfit(f"{kind}.{name}.experiment", text)
        return self

    @model_validator(mode="after")
    def _texts_and_models_exist(self) -> "Settings":
        for name, experiment in self.experiments.items():
            if isinstance(experiment, PretrainingExperimentSettings):
                named = [("data", corpus, list(self.corpora)) for corpus in experiment.data.corpora]
                if experiment.instructions is not None:
                    named.append(("instructions.corpus", experiment.instructions.corpus, list(self.corpora)))
                named += [
                    (f"edits.{edit}.prior", settings.prior, list(self.base_models))
                    for edit, settings in experiment.edits.items()
                    if settings.corpus is not None
                ]
                named += [
                    (f"datasets.{dataset}.written_by", settings.written_by, list(self.base_models))
                    for dataset, settings in experiment.datasets.items()
                    if settings.written_by is not None
                ]
                if experiment.synthesis is not None:
                    named.append(("synthesis.model", experiment.synthesis.model, list(self.base_models)))
                priors = experiment.diagnostics.priors if experiment.diagnostics is not None else {}
                named += [
                    (f"diagnostics.priors.{prior}.base", settings.base, list(self.base_models))
                    for prior, settings in priors.items()
                    if settings.base is not None
                ]
            elif isinstance(experiment, TextExperimentSettings):
                named = self._named_by_text(experiment)
            else:
                continue
            for key, value, known in named:
                if value not in known:
                    raise not_defined(f"experiments.{name}.{key}", value, known)
        return self

    def _named_by_text(self, experiment: TextExperimentSettings) -> list[tuple[str, str, list[str]]]:
        bases = {"base": experiment.base} | {f"models.{n}.base": m.base for n, m in experiment.models.items()}
        corpus = ("data.corpus", experiment.data.corpus, list(self.corpora))
        return [corpus, *((key, base, list(self.base_models)) for key, base in bases.items() if base is not None)]
