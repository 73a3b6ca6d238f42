"""The whole configuration."""

from datetime import date

from pydantic import Field, model_validator

from uncollapse.config.beyond_float32 import check_rates
from uncollapse.config.kinds import AnyExperiment
from uncollapse.config.not_empty import check_not_empty
from uncollapse.corpora.settings import CorpusSettings
from uncollapse.experiments.found import kinds_with
from uncollapse.experiments.theory.settings import THEORY, TheorySettings
from uncollapse.language.settings import BaseModelSettings
from uncollapse.products.needs import needed
from uncollapse.settings.misfit import Misfit, not_defined
from uncollapse.settings.references import named_outside
from uncollapse.settings.values import Name, Strict


class Product(Strict):
    """A table, figure or group of claims, made from one experiment."""

    experiment: Name = Field(
        description=f"what it is made from; {THEORY!r} for the simulations, made where all that it needs are run"
    )


class ReportSettings(Strict):
    """The report: which experiments it is about."""

    experiments: list[Name] | None = Field(
        default=None,
        min_length=1,
        description="names of the experiments that the report, and what is made by default, is about alone, without"
        " the papers' own; 'theory' for the simulations; null: all, those that you add behind the papers'",
    )


class SoftwareSettings(Strict):
    """Software of all jobs where Snakemake is asked for it by --sdm; without it, what Snakemake itself runs with."""

    conda: str = Field(
        default="envs/jobs.yaml",
        min_length=1,
        pattern=r"\.ya?ml$",
        description="environment file of --sdm conda; a relative path is below the workflow's checkout",
    )
    container: str = Field(
        default="jobs.sif",
        min_length=1,
        pattern=r"^\S+$",
        description="image of --sdm apptainer: a file (a relative path is below the workflow's checkout), or an address"
        " such as docker://registry.example.org/uncollapse",
    )


class Settings(Strict):
    """config.yaml, with the overlays given by --configfile and --config."""

    scale: str = Field(description="name of the scale, shown in the report")
    note: str = Field(default="", description="a sentence on what this scale is, shown in the report")
    fresh_since: date | None = Field(
        default=None,
        description="the day since which this scale's sample seeds are fixed, where nothing was chosen on what they"
        " draw: verdicts by limits that are not younger are confirmatory; null: all are exploratory",
    )
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
    software: SoftwareSettings = Field(default=SoftwareSettings(), description="of jobs, with --sdm conda or apptainer")
    corpora: dict[Name, CorpusSettings] = Field(default={}, description="texts that experiments may name")
    theory: TheorySettings | None = Field(default=None, description="the papers' theory, simulated; null leaves it out")
    base_models: dict[Name, BaseModelSettings] = Field(
        default={}, description="pretrained language models that experiments may name; cost nothing unless one does"
    )
    experiments: dict[Name, AnyExperiment]
    report: ReportSettings = Field(default=ReportSettings(), description="what the report is about")
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
                made_of, made_from = kinds_with(needed(kind, name)), self.experiments.get(product.experiment)
                if made_from is not None and made_of is not None and made_from.kind not in made_of:
                    fitting = " or ".join(made_of)
                    given = f"{product.experiment!r} is of kind {made_from.kind}"
                    text = f"{given}, this is made of experiments of kind {fitting}"
                    raise Misfit(f"{kind}.{name}.experiment", text)
        check_not_empty(self)
        check_rates(self)
        return self

    @model_validator(mode="after")
    def _report_is_about_experiments(self) -> "Settings":
        known = [*self.experiments, *([THEORY] if self.theory is not None else [])]
        for name in self.report.experiments or []:
            if name not in known:
                raise not_defined("report.experiments", name, known)
        return self

    @model_validator(mode="after")
    def _texts_and_models_exist(self) -> "Settings":
        for name, experiment in self.experiments.items():
            for key, value, block in named_outside(experiment):
                if value not in (known := list(getattr(self, block))):
                    raise not_defined(f"experiments.{name}.{key}", value, known)
        return self
