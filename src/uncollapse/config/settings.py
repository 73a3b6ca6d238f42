"""The whole configuration."""

from pydantic import Field, model_validator

from uncollapse.config.experiment import ExperimentSettings, Misfit, Name, Strict
from uncollapse.reporting.needs import needed


class Product(Strict):
    """A table, figure or group of claims, made from one experiment."""

    experiment: Name


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
    experiments: dict[Name, ExperimentSettings]
    tables: dict[Name, Product] = Field(description="by module name under uncollapse.reporting.tables")
    figures: dict[Name, Product] = Field(description="by module name under uncollapse.reporting.figures")
    claims: dict[Name, Product] = Field(description="by module name under uncollapse.claims")

    @model_validator(mode="after")
    def _experiments_exist(self) -> "Settings":
        for kind, products in (("tables", self.tables), ("figures", self.figures), ("claims", self.claims)):
            for name, product in products.items():
                try:
                    needed(kind, name)
                except LookupError as error:
                    raise Misfit(f"{kind}.{name}", str(error)) from None
                if product.experiment not in self.experiments:
                    known = ", ".join(self.experiments)
                    raise Misfit(f"{kind}.{name}.experiment", f"{product.experiment!r} is not defined; known: {known}")
        return self
